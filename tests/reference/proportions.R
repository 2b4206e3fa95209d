# Limits in closed form: rows 42 to 47.
source("expected.R")
wilson <- function(x, n) prop.test(x, n, correct = FALSE)$conf.int
exact <- function(x, n) binom.test(x, n)$conf.int
newcombe <- function(x1, n1, x0, n0) {
  p <- x1 / n1 - x0 / n0
  one <- wilson(x1, n1)
  zero <- wilson(x0, n0)
  c(p - sqrt((x1 / n1 - one[1])^2 + (zero[2] - x0 / n0)^2), p + sqrt((one[2] - x1 / n1)^2 + (x0 / n0 - zero[1])^2))
}
woolf <- function(x1, n1, x0, n0, level) {
  fit <- glm(cbind(c(x1, x0), c(n1 - x1, n0 - x0)) ~ c(1, 0), family = binomial, epsilon = 1e-12)
  exp(c(coef(fit)[2], confint.default(fit, level = level)[2, ]))
}
x <- c(81, 15, 0, 1)
n <- c(263, 148, 20, 29)
put("wilson", suppressWarnings(mapply(wilson, x, n)))
put("exact", mapply(exact, x, n))
put("newcombe_70", newcombe(56, 70, 48, 80))
put("newcombe_lldas", newcombe(108, 360, 72, 366))
put("newcombe_bicla", newcombe(171, 360, 112, 366))
put("poisson_28", 100 * poisson.test(28, 405.8)$conf.int)
put("poisson_0", 100 * poisson.test(0, 250)$conf.int)
put("woolf_rash", woolf(48, 82, 24, 85, 0.90))
put("woolf_lldas", woolf(108, 360, 72, 366, 0.95))
write_expected("proportions")
