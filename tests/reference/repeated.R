# Repeated measurements: reaction times (Bates 2015), row 40, and dental growth (Pinheiro & Bates 2000), here unbalanced.
source("expected.R")
put_lme <- function(name, fit) {
  put(paste0(name, "_coef"), nlme::fixef(fit))
  put(paste0(name, "_se"), sqrt(diag(vcov(fit))))
  put(paste0(name, "_df"), fit$fixDF$X)
  put(paste0(name, "_sd"), c(fit$sigma, as.numeric(nlme::VarCorr(fit)[1, "StdDev"])))
  put(paste0(name, "_loglik"), as.numeric(logLik(fit)))
}
tight <- nlme::lmeControl(msTol = 1e-14, tolerance = 1e-12, msMaxIter = 1000, niterEM = 200)
d <- with(lme4::sleepstudy, data.frame(subject = as.integer(Subject) - 1, days = Days, reaction = sprintf("%.17g", Reaction)))
write_data(d, "sleepstudy")
s <- lme4::sleepstudy
put_lme("intercept", nlme::lme(Reaction ~ Days, random = ~ 1 | Subject, s, method = "REML", control = tight))
slope <- lme4::lmer(Reaction ~ Days + (Days | Subject), s, control = lme4::lmerControl(
  optimizer = "Nelder_Mead", optCtrl = list(FtolAbs = 1e-14, FtolRel = 1e-15, XtolRel = 1e-12, maxfun = 1e5)
))
v <- lme4::VarCorr(slope)$Subject
put("slope_coef", lme4::fixef(slope))
put("slope_se", sqrt(diag(as.matrix(vcov(slope)))))
put("slope_sd", c(sigma(slope), attr(v, "stddev"), attr(v, "correlation")[1, 2]))
put("slope_reml", lme4::REMLcrit(slope))

o <- as.data.frame(nlme::Orthodont)[-c(2, 7, 8, 41, 60, 61, 62, 99), ]
write_data(data.frame(
  subject = as.integer(factor(as.character(o$Subject))) - 1, age = o$age,
  female = as.integer(o$Sex == "Female"), distance = o$distance
), "orthodont")
put_lme("dental", nlme::lme(distance ~ age + Sex, random = ~ 1 | Subject, o, method = "REML", control = tight))
write_expected("repeated")
