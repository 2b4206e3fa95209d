# Recurrences of bladder cancer (Wei, Lin & Weissfeld 1989): row 37.
library(survival)
source("expected.R")
d <- with(survival::bladder, data.frame(id = id - 1, months = stop, recurrence = event, treated = rx - 1, size, number, enum))
write_data(d, "bladder")
for (k in 1:4) {
  put_cox(k, coxph(Surv(months, recurrence) ~ treated + size + number + cluster(id), d[d$enum == k, ], ties = "breslow", control = exactly))
}
write_expected("bladder")
