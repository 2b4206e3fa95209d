# Retention of the independent cohort, derived anew from its tables: median, mean, tests, ratios.
# Run from this folder: Rscript retention.R. Made with R 4.2.2, survival 3.5-3, cmprsk 2.2-11.
library(survival)

folder <- "../data/inputs/cohort/dataset"
patients <- read.csv(file.path(folder, "patients.csv"))
courses <- read.csv(file.path(folder, "treatments.csv"))
courses <- courses[courses$drug == "anifrolumab", ]
d <- merge(patients, courses, by = "patient_id")
stopifnot(nrow(d) == nrow(patients))

data_cut <- as.Date("2026-06-30")
index <- as.Date(d$index_date)
stopped <- as.Date(d$stop_date)
seen <- pmin(as.Date(d$last_contact_date), data_cut)
d$days <- as.numeric(ifelse(is.na(stopped), seen - index, stopped - index))
d$stop <- !is.na(stopped) & d$stop_reason != "lost_to_follow_up"

month <- 30.4375
curve <- survfit(Surv(days, stop) ~ 1, d, conf.type = "log-log")
half <- quantile(curve, 0.5)
mean24 <- summary(curve, rmean = round(24 * month))$table
follow_up <- quantile(survfit(Surv(days, !stop) ~ 1, d, conf.type = "log-log"), 0.5)

test_sex <- survdiff(Surv(days, stop) ~ sex, d)
test_centre <- survdiff(Surv(days, stop) ~ centre, d)

d$smoking <- factor(d$smoking, c("never", "former", "current"))
smoking <- coxph(Surv(days, stop) ~ smoking, d)
drug <- coxph(Surv(days, stop) ~ (hydroxychloroquine == "True"), d)
of <- function(fit, row) {
  setNames(c(exp(coef(fit))[row], exp(confint(fit))[row, ]), c("ratio", "ci_low", "ci_high"))
}

reason <- ifelse(d$stop, d$stop_reason, "")
gray <- cmprsk::cuminc(d$days, reason, d$smoking, cencode = "")$Tests

values <- c(
  gray_primary_inefficacy = gray["primary_inefficacy", "stat"],
  gray_primary_inefficacy_p = gray["primary_inefficacy", "pv"],
  gray_adverse_event = gray["adverse_event", "stat"],
  gray_adverse_event_p = gray["adverse_event", "pv"],
  median_months = unname(half$quantile) / month, median_ci_low = unname(half$lower) / month,
  mean_months = mean24[["rmean"]] / month, mean_se = mean24[["se(rmean)"]] / month,
  median_follow_up_months = unname(follow_up$quantile) / month,
  person_years = sum(d$days) / 365.25,
  logrank_sex = test_sex$chisq, logrank_centre = test_centre$chisq,
  former = of(smoking, 1), current = of(smoking, 2),
  smoking_p = summary(smoking)$logtest[["pvalue"]],
  smoking_proportional_p = cox.zph(smoking)$table["GLOBAL", "p"],
  yes = of(drug, 1), yes_p = summary(drug)$logtest[["pvalue"]]
)
write.csv(
  data.frame(name = names(values), value = sprintf("%.15g", values)),
  "retention_expected.csv", row.names = FALSE, quote = FALSE
)
