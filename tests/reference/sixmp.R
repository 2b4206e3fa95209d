# 6-mercaptopurine against placebo in acute leukaemia (Freireich 1963; Gehan 1965): rows 1 to 9.
library(survival)
source("expected.R")
data(drug6mp, package = "KMsurv")
d <- with(drug6mp, data.frame(weeks = c(t2, t1), relapse = c(relapse, rep(1, 21)), placebo = rep(0:1, each = 21)))
write_data(d, "sixmp")

at <- c(6, 7, 10, 13, 16, 22, 23)
drug <- d[d$placebo == 0, ]
for (scale in c("log-log", "log", "plain")) {
  fit <- survfit(Surv(weeks, relapse) ~ 1, drug, conf.type = scale)
  s <- summary(fit, times = at)
  put(paste0(scale, "_low"), s$lower)
  put(paste0(scale, "_high"), s$upper)
  both <- quantile(survfit(Surv(weeks, relapse) ~ placebo, d, conf.type = scale), c(0.25, 0.5))
  put(paste0(scale, "_quantile"), t(both$quantile))
  put(paste0(scale, "_quantile_low"), t(both$lower))
  put(paste0(scale, "_quantile_high"), t(both$upper))
}
put("survival", s$surv)
put("survival_se", s$std.err)
put("hazard", s$cumhaz)
put("hazard_se", s$std.chaz)
restricted <- summary(survfit(Surv(weeks, relapse) ~ placebo, d), rmean = 23)$table
put("restricted_mean", restricted[, "rmean"])
put("restricted_mean_se", restricted[, "se(rmean)"])

lr <- survdiff(Surv(weeks, relapse) ~ placebo, d)
put("log_rank", c(lr$chisq, lr$pvalue, lr$obs, lr$exp, lr$var))
put("peto", survdiff(Surv(weeks, relapse) ~ placebo, d, rho = 1)$chisq)
for (ties in c("breslow", "efron", "exact")) {
  put_cox(ties, coxph(Surv(weeks, relapse) ~ placebo, d, ties = ties, control = exactly))
}
write_expected("sixmp")
