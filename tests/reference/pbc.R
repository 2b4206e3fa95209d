# Primary biliary cholangitis (Dickson 1989; Fleming & Harrington): rows 20 and 21.
library(survival)
source("expected.R")
d <- with(survival::pbc, data.frame(days = time, death = as.integer(status == 2), age, edema, bili, albumin, protime, trt))
write_data(d, "pbc")
put_cox("cox", coxph(Surv(days, death) ~ age + edema + log(bili) + log(albumin) + log(protime), d, control = exactly))
put("log_rank", survdiff(Surv(days, death) ~ trt, d)$chisq)
put("years", summary(survfit(Surv(days, death) ~ 1, d[!is.na(d$trt), ]), times = c(1, 5, 10) * 365.25)$surv)
write_expected("pbc")
