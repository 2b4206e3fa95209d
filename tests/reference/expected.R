# Used by the scripts beside it: collects named figures and writes them with all their digits.
# All were made with R 4.2.2, survival 3.5-3, cmprsk 2.2-11, KMsurv 0.1-5, nlme 3.1-162,
# lme4 1.1-31, MASS 7.3-58.2. Run from this folder: Rscript <name>.R
collected <- list()
put <- function(name, values) {
  collected[[name]] <<- data.frame(quantity = name, value = sprintf("%.17g", as.numeric(values)))
}
write_expected <- function(name) {
  write.csv(do.call(rbind, collected), paste0(name, "_expected.csv"), row.names = FALSE, quote = FALSE)
}
write_data <- function(data, name) {
  write.csv(data, paste0(name, ".csv"), row.names = FALSE, quote = FALSE)
}
put_cox <- function(name, fit) {
  put(paste0(name, "_coef"), coef(fit))
  put(paste0(name, "_se"), sqrt(diag(vcov(fit))))
  put(paste0(name, "_loglik"), fit$loglik)
  put(paste0(name, "_tests"), c(2 * diff(fit$loglik), fit$score, fit$wald.test))
}
exactly <- survival::coxph.control(eps = 1e-11, toler.chol = 1e-13)
