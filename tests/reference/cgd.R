# Infections in chronic granulomatous disease (CGD Study Group 1991): rows 35 and 36; recurrent events.
library(survival)
source("expected.R")
d <- with(survival::cgd, data.frame(
  id = as.integer(factor(id)) - 1, entry = tstart, end = tstop, infection = status,
  treated = as.integer(treat == "rIFN-g"), enum
))
write_data(d, "cgd")
first <- d[d$enum == 1, ]
put("log_rank_first", survdiff(Surv(end, infection) ~ treated, first)$chisq)
fit <- coxph(Surv(entry, end, infection) ~ treated + cluster(id), d, control = exactly)
put_cox("andersen_gill", fit)
put("model_se", sqrt(diag(fit$naive.var)))
at <- c(50, 100, 200, 300, 400)
for (g in 0:1) {
  s <- summary(survfit(Surv(entry, end, infection) ~ 1, d[d$treated == g, ], cluster = id), times = at)
  put(paste0("mean_", g), s$cumhaz)
  put(paste0("mean_se_", g), s$std.chaz)
}
counts <- aggregate(cbind(infection, time = end - entry) ~ id + treated, d, sum)
nb <- MASS::glm.nb(infection ~ treated + offset(log(time)), counts, control = glm.control(epsilon = 1e-14, maxit = 500))
put("counts_coef", coef(nb))
put("counts_se", summary(nb)$coefficients[, 2])
put("counts_theta", c(nb$theta, nb$SE.theta))
put("counts_loglik", as.numeric(logLik(nb)))
write_expected("cgd")
