# Stanford heart transplants, time-dependent (Crowley & Hu 1977): rows 22 and 23. Half days are doubled.
library(survival)
source("expected.R")
d <- with(survival::heart, data.frame(
  entry = 2 * start, end = 2 * stop, death = event, age, year, surgery, transplant = as.integer(transplant == 1)
))
write_data(d, "heart")
s <- Surv(d$entry, d$end, d$death)
put_cox("four", coxph(s ~ age + year + surgery + transplant, d, control = exactly))
put_cox("alone", coxph(s ~ transplant, d, control = exactly))
put_cox("crossed", coxph(s ~ (age + surgery) * transplant, d, control = exactly))
put("zph", cox.zph(coxph(s ~ age + year + surgery + transplant, d, control = exactly))$table[, "chisq"])
write_expected("heart")
