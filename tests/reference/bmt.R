# Bone marrow transplantation (Klein & Moeschberger): rows 25 to 29.
library(survival)
library(cmprsk)
source("expected.R")
data(bmt, package = "KMsurv")
d <- with(bmt, data.frame(days = t2, cause = ifelse(d2 == 1, 1, ifelse(d1 == 1, 2, 0)), group = group - 1))
write_data(d, "bmt")
d$any <- as.integer(d$cause > 0)
lr <- survdiff(Surv(days, any) ~ group, d)
put("log_rank", c(lr$chisq, lr$pvalue))
put("medians", quantile(survfit(Surv(days, any) ~ group, d), 0.5)$quantile)
put_cox("breslow", coxph(Surv(days, any) ~ (group == 1) + (group == 2), d, ties = "breslow", control = exactly))
for (g in 0:2) {
  s <- summary(survfit(Surv(days, factor(cause, 0:2)) ~ 1, d[d$group == g, ]), times = c(365, 730))
  put(paste0("relapse_", g), s$pstate[, 2])
  put(paste0("death_", g), s$pstate[, 3])
}
put("gray", cuminc(d$days, d$cause, d$group)$Tests[, "stat"])
write_expected("bmt")
