# Reference curves on mgus2 (Kyle 2002, N Engl J Med 346:564): plasma cell malignancy and death.
# Run from this folder: Rscript mgus2.R. Made with R 4.2.2, survival 3.5-3.
library(survival)

months <- with(survival::mgus2, ifelse(pstat == 0, futime, ptime))
cause <- with(survival::mgus2, ifelse(pstat == 0, 2 * death, 1)) # 1 malignancy, 2 death without it
write.csv(data.frame(months, cause), "mgus2.csv", row.names = FALSE, quote = FALSE)

at <- c(6, 12, 60, 120, 240, 360)
competing <- summary(survfit(Surv(months, factor(cause, 0:2)) ~ 1), times = at)
overall <- summary(survfit(Surv(months, cause > 0) ~ 1, conf.type = "log-log"), times = at)
alone <- summary(survfit(Surv(months, cause == 1) ~ 1), times = at)
expected <- data.frame(
  month = at,
  malignancy = competing$pstate[, 2], malignancy_se = competing$std.err[, 2],
  death = competing$pstate[, 3], death_se = competing$std.err[, 3],
  survival = overall$surv, survival_se = overall$std.err,
  ci_low = overall$lower, ci_high = overall$upper, n_at_risk = overall$n.risk,
  naive_malignancy = 1 - alone$surv
)
write.csv(format(expected, digits = 15), "mgus2_expected.csv", row.names = FALSE, quote = FALSE)
