# Malignancy and death in mgus2 (Kyle 2002): rows 33 and 34. Curves: mgus2.R.
library(survival)
library(cmprsk)
source("expected.R")
d <- with(survival::mgus2, data.frame(
  months = ifelse(pstat == 0, futime, ptime), cause = ifelse(pstat == 0, 2 * death, 1),
  age, male = as.integer(sex == "M"), mspike
))
write_data(d, "mgus2_models")
put("gray", cuminc(d$months, d$cause, d$male)$Tests[, "stat"])
d <- d[complete.cases(d), ]
fit <- crr(d$months, d$cause, d[, c("age", "male", "mspike")], gtol = 1e-13)
put("fine_gray_coef", fit$coef)
put("fine_gray_se", sqrt(diag(fit$var)))
put("fine_gray_loglik", c(fit$loglik.null, fit$loglik))
put_cox("cause_specific", coxph(Surv(months, cause == 1) ~ age + male + mspike, d, control = exactly))
write_expected("mgus2_models")
