# Changes from baseline of the independent cohort by R's t.test and nlme::lme (R 4.2.2).
#   Rscript tests/reference/change.R
# reads change_values.csv (measure, patient, time point, value; month 0 is the baseline) and writes
# change_expected.csv, beside it.
suppressPackageStartupMessages(library(nlme))

script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
folder <- dirname(script)
all <- read.csv(file.path(folder, "change_values.csv"))
control <- lmeControl(tolerance = 1e-12, msTol = 1e-14, msMaxIter = 1000, maxIter = 1000, niterEM = 500)

one <- function(measure) {
  long <- all[all$measure == measure, ]
  long$time <- factor(long$timepoint_months)
  fit <- lme(value ~ time, random = ~ 1 | patient, data = long, method = "REML", control = control)
  model <- intervals(fit, which = "fixed")$fixed
  start <- long[long$timepoint_months == 0, ]
  rows <- lapply(setdiff(sort(unique(long$timepoint_months)), 0), function(month) {
    now <- long[long$timepoint_months == month, ]
    both <- merge(start, now, by = "patient")
    test <- t.test(both$value.y, both$value.x, paired = TRUE)
    middle <- quantile(now$value, c(0.25, 0.5, 0.75), names = FALSE)
    data.frame(
      measure = measure, timepoint_months = month,
      n = nrow(now), mean = mean(now$value), sd = sd(now$value),
      q1 = middle[1], median = middle[2], q3 = middle[3],
      n_paired = nrow(both), mean_change = unname(test$estimate),
      ci_low = test$conf.int[1], ci_high = test$conf.int[2], p_value = test$p.value,
      model_change = model[paste0("time", month), "est."],
      model_ci_low = model[paste0("time", month), "lower"],
      model_ci_high = model[paste0("time", month), "upper"]
    )
  })
  do.call(rbind, rows)
}

result <- do.call(rbind, lapply(unique(all$measure), one))
options(digits = 15)
write.csv(result, file.path(folder, "change_expected.csv"), row.names = FALSE)
