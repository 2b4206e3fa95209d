# Finds the headline numbers again in the rows beside this file, and stops at the first that differs.
# In this folder:  Rscript reproduce.R
# Needs R with its package survival. Reads *_for_statistics.csv, codebook.csv and expected_*.csv; writes
# found_*.csv. Empty cells are missing; codebook.csv says why, and what every variable means.
library(survival)

tolerance <- 1e-6
read <- function(name) {
  read.csv(paste0(name, ".csv"), colClasses = "character", na.strings = "", encoding = "UTF-8")
}
numbers <- function(table, names) {
  table[names] <- lapply(table[names], as.numeric)
  table
}
expected <- function(name, texts = c("variable", "level", "outcome", "reference")) {
  table <- read(paste0("expected_", name))
  numbers(table, setdiff(names(table), texts))
}
codebook <- read("codebook")
rows_of <- function(name) {
  is_number <- codebook$table == name & codebook$kind == "number"
  numbers(read(paste0(name, "_for_statistics")), codebook$name[is_number])
}
# All rows, or those of one level of a variable.
of_whom <- function(data, row) {
  if (is.na(row$variable)) data else data[which(as.character(data[[row$variable]]) == row$level), ]
}
each <- function(table, one) {
  do.call(rbind, lapply(seq_len(nrow(table)), function(at) one(table[at, ])))
}
check <- function(name, one) {
  ours <- expected(name)
  if (nrow(ours) == 0) return(cat(name, ": nothing to compare\n", sep = ""))
  found <- each(ours, one)
  names <- colnames(found)
  write.csv(
    cbind(ours[setdiff(names(ours), names)], found), paste0("found_", name, ".csv"),
    row.names = FALSE, na = ""
  )
  off <- abs(found - as.matrix(ours[names]))
  # A limit that one of us does not estimate must not be estimated by the other either.
  stopifnot(identical(is.na(found), is.na(as.matrix(ours[names]))) || stop(name, ": gaps differ"))
  n_off <- sum(off > tolerance, na.rm = TRUE)
  largest <- format(max(off, 0, na.rm = TRUE), digits = 2)
  if (n_off) stop(name, ": differs by up to ", largest, " in ", n_off)
  cat(name, ": ", nrow(ours), " rows found again, largest difference ", largest, "\n", sep = "")
}

patients <- rows_of("patients")
timepoints <- rows_of("timepoints")
on_drug <- patients[patients$treated == 1, ]
labels <- read("timepoint_codes")
timepoints$code <- as.numeric(labels$code[match(timepoints$timepoint, labels$label)])
# Groups are told of patients; their time points are theirs.
for (column in unique(na.omit(expected("attainment")$variable))) {
  timepoints[[column]] <- patients[[column]][match(timepoints$patient, patients$patient)]
}
interval <- readLines("interval.txt")

check("attainment", function(row) {
  values <- of_whom(timepoints[timepoints$code == row$timepoint, ], row)[[row$outcome]]
  values <- values[!is.na(values)]
  n <- length(values)
  x <- sum(values)
  limits <- if (interval == "wilson") {
    suppressWarnings(prop.test(x, n, correct = FALSE))$conf.int
  } else {
    binom.test(x, n)$conf.int
  }
  cbind(n = n, responders = x, proportion = x / n, ci_low = limits[1], ci_high = limits[2])
})

check("retention", function(row) {
  curve <- survfit(Surv(days_on_drug, stopped) ~ 1, of_whom(on_drug, row), conf.type = "log-log")
  at <- summary(curve, times = row$day, extend = TRUE)
  limits <- if (at$surv %in% c(0, 1)) c(NA, NA) else c(at$lower, at$upper)
  cbind(n_at_risk = at$n.risk, survival = at$surv, ci_low = limits[1], ci_high = limits[2])
})

ratios <- expected("hazard_ratios")
check("hazard_ratios", function(row) {
  compared <- c(row$reference, ratios$level)
  level <- factor(as.character(on_drug[[row$variable]]), compared)
  fit <- coxph(
    Surv(on_drug$days_on_drug, on_drug$stopped) ~ level, ties = "efron",
    control = coxph.control(eps = 1e-11, toler.chol = 1e-13, iter.max = 100)
  )
  at <- match(paste0("level", row$level), names(coef(fit)))
  limits <- exp(confint(fit)[at, ])
  cbind(hazard_ratio = exp(coef(fit)[[at]]), ci_low = limits[[1]], ci_high = limits[[2]])
})

check("change", function(row) {
  known <- of_whom(timepoints[timepoints$seen == 1, ], row)
  value <- function(code) {
    now <- known[known$code == code, ]
    data.frame(patient = now$patient, value = now[[row$outcome]])[!is.na(now[[row$outcome]]), ]
  }
  now <- value(row$timepoint)
  both <- merge(value(0), now, by = "patient")
  change <- both$value.y - both$value.x
  limits <- if (sd(change) > 0) t.test(change)$conf.int else rep(mean(change), 2)
  cbind(
    n = nrow(now), mean = mean(now$value), n_paired = nrow(both), mean_change = mean(change),
    ci_low = limits[1], ci_high = limits[2]
  )
})

cat("Every number was found again.\n")
