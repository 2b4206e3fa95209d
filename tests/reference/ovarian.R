# Ovarian cancer (Edmonson 1979): row 16.
library(survival)
source("expected.R")
d <- with(survival::ovarian, data.frame(days = futime, death = fustat, age, rx))
write_data(d, "ovarian")
put("log_rank", survdiff(Surv(days, death) ~ rx, d)$chisq)
put_cox("cox", coxph(Surv(days, death) ~ age + rx, d, control = exactly))
write_expected("ovarian")
