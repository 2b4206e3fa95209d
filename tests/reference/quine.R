# Days away from school (Venables & Ripley 2002): row 41.
source("expected.R")
q <- MASS::quine
x <- model.matrix(~ Eth + Sex + Age + Lrn, q)
write_data(cbind(days = q$Days, x[, -1]), "quine")
nb <- MASS::glm.nb(Days ~ Eth + Sex + Age + Lrn, q, control = glm.control(epsilon = 1e-14, maxit = 500))
put("coef", coef(nb))
put("se", summary(nb)$coefficients[, 2])
put("theta", c(nb$theta, nb$SE.theta))
put("loglik", as.numeric(logLik(nb)))
write_expected("quine")
