# Times R's survfit and coxph on the files survival.py wrote, and writes what they found.
# Rscript survival.R <folder> <repeats for each file> ...; the data are read before the clock starts.
suppressMessages(library(survival))
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
# Of the processor, so that other work on the machine does not count. Keeps the last result.
last <- list()
seconds <- function(repeats, f) {
  name <- deparse(substitute(f))
  took <- system.time(for (i in seq_len(repeats)) last[[name]] <<- f())
  sum(took[c("user.self", "sys.self")]) / repeats
}
save <- function(name, values) {
  writeBin(as.numeric(values), file.path(folder, paste0(name, ".out")))
}
for (entry in strsplit(arguments[-1], ":")) {
  n <- entry[1]
  repeats <- as.integer(entry[2])
  raw <- matrix(readBin(file.path(folder, paste0(n, ".in")), "integer", 6 * as.integer(n)), ncol = 6)
  d <- data.frame(day = raw[, 1], cause = raw[, 2], a = raw[, 3], b = raw[, 4], c = raw[, 5], d = raw[, 6])
  d$event <- d$cause > 0
  d$state <- factor(d$cause, 0:2)
  km <- function() survfit(Surv(day, event) ~ 1, d, conf.type = "log-log")
  aj <- function() survfit(Surv(day, state) ~ 1, d)
  # Iterated until the coefficients stand; by default R stops one step earlier.
  cox <- function() coxph(Surv(day, event) ~ a + b + c + d, d, control = coxph.control(eps = 1e-11, toler.chol = 1e-13))
  default <- function() coxph(Surv(day, event) ~ a + b + c + d, d)
  took <- c(km = seconds(repeats, km), aj = seconds(repeats, aj), cox = seconds(repeats, default))
  save(paste0(n, "_seconds"), took)
  k <- last$km
  save(paste0(n, "_km"), c(k$surv, k$surv * k$std.err, k$lower, k$upper))
  j <- last$aj
  save(paste0(n, "_aj"), c(j$pstate[, 2], j$pstate[, 3], j$std.err[, 2], j$std.err[, 3]))
  m <- cox()
  save(paste0(n, "_cox"), c(coef(m), sqrt(diag(vcov(m)))))
}
