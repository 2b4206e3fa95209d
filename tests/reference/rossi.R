# Recidivism (Rossi 1980), rossi.csv as in lifelines.datasets: row 24.
library(survival)
source("expected.R")
d <- read.csv("rossi.csv")
fit <- coxph(Surv(week, arrest) ~ fin + age + race + wexp + mar + paro + prio, d, control = exactly)
put_cox("cox", fit)
put("zph", cox.zph(fit)$table[, "chisq"])
put("concordance", fit$concordance["concordance"])
write_expected("rossi")
