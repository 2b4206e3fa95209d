# The result tables by data.table and survival, from a dataset folder of CSV files: the yardstick of
# tests/bench/outcomes.py, and a second program whose numbers must be those of `lupus-outcomes tables`.
# Rscript outcomes.R DATASET OUT
suppressPackageStartupMessages({ library(data.table); library(survival); library(nlme) })
arguments <- commandArgs(trailingOnly = TRUE); folder <- arguments[1]; out <- arguments[2]
dir.create(out, showWarnings = FALSE, recursive = TRUE)
month <- 30.4375; year <- 365.25; milestones <- c(6, 12, 24, 36, 48, 60)
read <- function(name) {
  table <- fread(file.path(folder, paste0(name, ".csv")), na.strings = "", colClasses = list(character = "patient_id"))
  for (c in grep("_date$", names(table), value = TRUE)) set(table, j = c, value = as.IDate(table[[c]]))
  for (c in names(table)) if (is.character(table[[c]]) && all(table[[c]] %chin% c("True", "False", "true", "false", NA)))
    set(table, j = c, value = table[[c]] %chin% c("True", "true") | as.logical(NA & is.na(table[[c]])))
  table
}
say <- function(table, name) fwrite(table, file.path(out, paste0(name, ".csv")))
about <- readLines(file.path(folder, "dataset.toml"))
cut <- as.IDate(sub(".*= *", "", grep("^data_cut", about, value = TRUE)))
garwood <- function(n, time) 100 * c(if (n) qchisq(.025, 2 * n) / 2 else 0, qchisq(.975, 2 * n + 2) / 2) / time

# Patients and follow-up, days from the index date.
p <- read("patients"); p[, i := .I]
has <- function(name) name %in% names(p)
p[, until := as.numeric(cut - index_date)]
if (has("withdrawal_date")) p[, until := pmin(until, as.numeric(withdrawal_date - index_date), na.rm = TRUE)]
p[, death := as.numeric(death_date - index_date)][death > until, death := NA]
p[, contact := pmin(as.numeric(last_contact_date - index_date), until, death, na.rm = TRUE)]
t <- read("treatments")[drug == "anifrolumab"]
t[p, on = "patient_id", `:=`(i = i.i, start = as.numeric(start_date - i.index_date), stop = as.numeric(stop_date - i.index_date), until = i.until)]
setorder(t, i, start)
t[, following := shift(start, type = "lead"), by = i]
t[is.na(stop), stop := following]
ends <- t[!is.na(stop) & stop <= until & !(!is.na(following) & following - stop <= 90 & following <= until)]
ends <- ends[, .SD[1], by = i]
p[ends, on = "i", `:=`(stop = i.stop, reason = fifelse(is.na(i.stop_reason), "other", i.stop_reason))]
p[!is.na(death) & (is.na(stop) | stop > death), `:=`(stop = death, reason = "death")]

# States at visits. Logical NA is unknown, and R's & and | leave it unknown where it must be.
v <- read("visits"); v[p, on = "patient_id", `:=`(i = i.i, day = as.numeric(visit_date - i.index_date), until = i.until, stop = i.stop)]
v <- v[day <= until]; setorder(v, i, day)
weight <- c(seizure = 8, psychosis = 8, organic_brain_syndrome = 8, visual_disturbance = 8, cranial_nerve_disorder = 8,
  lupus_headache = 8, cerebrovascular_accident = 8, vasculitis = 8, arthritis = 4, myositis = 4, urinary_casts = 4,
  haematuria = 4, proteinuria = 4, pyuria = 4, rash = 2, alopecia = 2, mucosal_ulcers = 2, pleurisy = 2, pericarditis = 2,
  low_complement = 2, anti_dsdna = 2, fever = 1, thrombocytopenia = 1, leukopenia = 1)
items <- names(weight); serology <- c("low_complement", "anti_dsdna")
major <- c(items[1:8], "urinary_casts", "haematuria", "proteinuria", "pyuria", "pleurisy", "pericarditis", "fever")
m <- as.matrix(v[, ..items]); w <- matrix(weight, nrow(m), length(items), byrow = TRUE)
bounds <- function(m, w) { low <- rowSums(m * w, na.rm = TRUE); list(low = low, high = low + rowSums(is.na(m) * w)) }
total <- bounds(m, w); clinical <- !items %in% serology; light <- bounds(m[, clinical], w[, clinical])
at_most <- function(s, limit) fifelse(s$high <= limit, TRUE, fifelse(s$low > limit, FALSE, NA))
any_of <- function(m) { yes <- rowSums(m, na.rm = TRUE) > 0; fifelse(yes, TRUE, fifelse(rowSums(is.na(m)) > 0, NA, FALSE)) }
v[, is_assessed := rowSums(!is.na(m)) > 0]
v[, row := .I]; v[, before := shift(nafill(fifelse(is_assessed, row, NA_integer_), "locf")), by = i]
full <- cbind(m, v$haemolytic_anaemia, v$gastrointestinal_activity); was <- full[v$before, ]
no_new <- !any_of(full & !was); no_new[is.na(v$before)] <- NA
no_new[which(total$low > total$high[v$before])] <- FALSE
v[physician_ga < 0 | physician_ga > 3, physician_ga := NA][facit_fatigue > 52, facit_fatigue := NA]
dose <- v$prednisone_mg_day
v[, doris := at_most(light, 0) & physician_ga < 0.5 & dose <= 5 & treatment_stable]
v[, lldas := at_most(total, 4) & !any_of(m[, major]) & !haemolytic_anaemia & !gastrointestinal_activity &
    no_new & physician_ga <= 1 & dose <= 7.5 & maintenance_in_limits & !investigational_drug]
v[, `:=`(lldas5 = lldas & dose <= 5, glucocorticoid_le5 = dose <= 5,
  glucocorticoid_le5_from_above = dose <= 5, glucocorticoid_off = dose <= 0,
  sledai_2k = fifelse(total$low == total$high, total$low, NA_real_), clinical_sledai = fifelse(light$low == light$high, light$low, NA_real_))]

# Baseline, the endpoints that compare with it, and whom an endpoint or a measure is meant for.
first <- v[day <= 0 & day >= -3 * month, .(row = row[.N]), by = i]
p[first, on = "i", baseline := i.row]
start <- p$baseline[v$i]
fallen <- function(x) v[[x]] <= x_half(v[[x]][start]); x_half <- function(x) x - 0.5 * x
v[, `:=`(clasi50 = fallen("clasi_activity"), joint50 = fallen("swollen_joints_28") & fallen("tender_joints_28"))]
at <- function(x) v[[x]][p$baseline]
meant <- list(glucocorticoid_le5_from_above = at("prednisone_mg_day") > 5, glucocorticoid_off = at("prednisone_mg_day") > 0,
  clasi50 = at("clasi_activity") >= 10, joint50 = at("swollen_joints_28") >= 6 & at("tender_joints_28") >= 6,
  skin = at("rash") | at("alopecia") | at("mucosal_ulcers"), joints = at("arthritis"))
is_meant <- function(name, i) if (is.null(meant[[name]])) rep(TRUE, length(i)) else meant[[name]][i] %in% TRUE
endpoints <- c("doris", "lldas", "lldas5", "glucocorticoid_le5", "glucocorticoid_le5_from_above", "glucocorticoid_off", "clasi50", "joint50")

# Time points.
choose <- function(months) {
  half <- if (months == 3) 1.5 else 3; target <- months * month
  inside <- v[day >= target - half * month & day < target + half * month, .(i, row, gap = abs(day - target), day)]
  inside[order(i, gap, -day), .SD[1], by = i]
}
chosen <- rbindlist(lapply(c(3, milestones), function(k) {
  due <- p[index_date + (k + if (k == 3) 1.5 else 3) * month <= cut, .(i, stop)]
  due[choose(k), on = "i", row := i.row]
  due[, `:=`(months = k, on_drug = !is.na(row) & !(v$day[row] > stop & !is.na(stop)))]
}))
wilson <- function(x, n) { z <- qnorm(.975); q <- x / n; mid <- (x + z^2 / 2) / (n + z^2); d <- z * sqrt(q * (1 - q) * n + z^2 / 4) / (n + z^2); list(mid - d, mid + d) }
attainment <- rbindlist(lapply(endpoints, function(e) {
  chosen <- chosen[is_meant(e, i)]; value <- v[[e]][chosen$row]
  one <- function(handling, counts, attained) chosen[, .(n_due = .N, n = sum(counts[.I]), responders = sum((attained & counts)[.I], na.rm = TRUE)), by = months][, `:=`(endpoint = e, handling = handling)]
  known <- !is.na(value)
  rbind(one("nri", rep(TRUE, nrow(chosen)), value & chosen$on_drug), one("observed", known & chosen$on_drug, value), one("treatment_policy", known, value))
}))
attainment[, proportion := responders / n][, c("ci_low", "ci_high") := wilson(responders, n)]
say(attainment[, .(endpoint, timepoint_months = months, handling, n_due, n, responders, proportion, ci_low, ci_high)], "attainment")

# Change from baseline, seen on the drug: paired t, and the mixed model with an intercept a patient.
seen <- rbind(first[, .(i, row, months = 0)], chosen[on_drug == TRUE, .(i, row, months)])
seen[p, on = "i", baseline := i.baseline]
measures <- c("sledai_2k", "clinical_sledai", "physician_ga", "patient_ga", "facit_fatigue", "sf36_pcs", "sf36_mcs", "eq5d_index", "eq5d_vas", "pain_vas", "lupusqol_physical", "clasi_activity", "clasi_damage", "swollen_joints_28", "tender_joints_28")
organ <- c(clasi_activity = "skin", clasi_damage = "skin", swollen_joints_28 = "joints", tender_joints_28 = "joints")
change <- rbindlist(lapply(intersect(measures, names(v)), function(x) {
  known <- seen[is_meant(organ[x], i), .(i, months, now = v[[x]][row], then = v[[x]][baseline])][!is.na(now)]
  model <- lme(now ~ factor(months), known, ~ 1 | i, control = lmeControl(opt = "optim"))
  limits <- intervals(model, which = "fixed")$fixed[-1, , drop = FALSE]
  told <- known[order(months), {
    d <- (now - then)[!is.na(then)]; s <- sd(d) / sqrt(length(d)); q <- qt(.975, length(d) - 1)
    l <- sd(now) / sqrt(.N); ql <- qt(.975, .N - 1); quarters <- quantile(now, c(.25, .5, .75), names = FALSE)
    .(n = .N, mean = mean(now), sd = sd(now), median = quarters[2], q1 = quarters[1], q3 = quarters[3], n_paired = length(d), mean_change = mean(d),
      ci_low = mean(d) - q * s, ci_high = mean(d) + q * s, p_value = 2 * pt(-abs(mean(d) / s), length(d) - 1),
      mean_ci_low = mean(now) - ql * l, mean_ci_high = mean(now) + ql * l)
  }, by = months]
  told[, `:=`(measure = x, model_change = c(0, limits[, 2]), model_ci_low = c(0, limits[, 1]), model_ci_high = c(0, limits[, 3]))]
}))
say(change[, timepoint_months := months][, months := NULL], "change")

# Retention and the reasons of stopping.
p[, days := pmax(fifelse(is.na(stop), pmin(contact, until), stop), 0)]
p[, cause := fifelse(is.na(stop) | reason == "lost_to_follow_up", "censored", reason)]
retention <- survfit(Surv(days, cause != "censored") ~ 1, p, conf.type = "log-log")
say(with(retention, data.table(day = time, n_at_risk = n.risk, n_events = n.event, n_censored = n.censor, survival = surv, ci_low = lower, ci_high = upper)), "retention")
at <- summary(retention, times = milestones * month, extend = TRUE)
say(data.table(milestone_months = milestones, survival = at$surv, ci_low = at$lower, ci_high = at$upper, n_at_risk = at$n.risk), "retention_milestones")
reasons <- setdiff(sort(unique(p$cause)), "censored")
several <- survfit(Surv(days, factor(cause, c("censored", reasons))) ~ 1, p)
by_then <- summary(several, times = milestones * month, extend = TRUE)
say(rbindlist(lapply(seq_along(reasons), function(k) data.table(reason = reasons[k], milestone_months = milestones, cumulative_incidence = by_then$pstate[, k + 1]))), "discontinuation")

# Time to response after day 0, among those not in it at baseline: had nobody stopped, and with
# stopping as a competing event. Not interval-censored: one such curve takes survfit eight minutes.
days_of <- milestones * month
response <- rbindlist(lapply(endpoints, function(e) rbindlist(lapply(c("first", "sustained_2"), function(definition) {
  known <- v[!is.na(v[[e]]) & day > 0, .(i, day, yes = get(e))]
  known[, begins := if (definition == "first") yes else yes & shift(yes, type = "lead", fill = FALSE), by = i]
  at_risk <- p[!(v[[e]][baseline] %in% TRUE) & is_meant(e, i), .(i, stop, reason)]
  at_risk[known[begins == TRUE, .(day = min(day)), by = i], on = "i", first := i.day]
  at_risk[known[, .(day = max(day)), by = i], on = "i", last := i.day]
  at_risk[is.na(last), last := 0]
  at_risk[, event := !is.na(first) & !(first > stop & !is.na(stop))]
  at_risk[, days := fifelse(event, first, pmin(last, stop, na.rm = TRUE))]
  at_risk[, stops := !event & !is.na(stop) & reason != "lost_to_follow_up"]
  at_risk[, cause := factor(fifelse(event, 1, fifelse(stops, 2, 0)), 0:2)]
  row <- function(method, probability, low, high) data.table(endpoint = e, definition = definition, method = method, milestone_months = milestones, probability = probability, ci_low = low, ci_high = high)
  s <- summary(survfit(Surv(days, event) ~ 1, at_risk, conf.type = "log-log"), times = days_of, extend = TRUE)
  both <- summary(survfit(Surv(pmax(fifelse(stops, stop, days), 0), cause) ~ 1, at_risk, conf.type = "log-log"), times = days_of, extend = TRUE)
  rbind(row("kaplan_meier", 1 - s$surv, 1 - s$upper, 1 - s$lower),
    row("aalen_johansen", both$pstate[, 2], both$lower[, 2], both$upper[, 2]))
}))))
say(response, "time_to_response")

# Flares and adverse events from the index date to the end of exposure, both days included.
p[, end := pmax(pmin(stop + 28, contact, until, na.rm = TRUE), 0)]
person_years <- sum(p$end) / year
counted <- function(e, category) {
  first <- e[, .(n = .N, day = min(day)), by = i]; exposed <- nrow(p); n <- sum(first$n)
  until_first <- copy(p[, .(i, end)])[first, on = "i", end := i.day][, sum(end)] / year
  rate <- garwood(n, person_years); incidence <- garwood(nrow(first), until_first); share <- wilson(nrow(first), exposed)
  data.table(category = category, n_patients = nrow(first), n_exposed = exposed, proportion = nrow(first) / exposed, ci_low = share[[1]], ci_high = share[[2]],
    n_events = n, person_years = person_years, event_rate_per_100py = 100 * n / person_years, event_rate_ci_low = rate[1], event_rate_ci_high = rate[2],
    first_event_person_years = until_first, eair_per_100py = 100 * nrow(first) / until_first, eair_ci_low = incidence[1], eair_ci_high = incidence[2])
}
rated <- function(events, names) rbindlist(lapply(names, function(k) counted(events[events[[k]] %in% TRUE], k)))
by_name <- function(events, prefix, name) rbindlist(lapply(sort(unique(na.omit(events[[name]]))), function(k) counted(events[events[[name]] %in% k], paste0(prefix, ":", k))))
on_drug <- function(table, date) { table[p, on = "patient_id", `:=`(i = i.i, day = as.numeric(get(date) - i.index_date), end = i.end)]; table[day >= 0 & day <= end] }
a <- on_drug(read("adverse_events"), "onset_date")
a[, any := TRUE][, hospitalisation := seriousness == "hospitalisation"]
a[, `:=`(early = day <= 180, late = day > 180)]
say(rbind(rated(a, c("any", "serious", "infection", "herpes_zoster", "hospitalisation", "early", "late")),
  by_name(a, "soc", "system_organ_class"), by_name(a, "pt", "preferred_term")), "adverse_events")
f <- on_drug(read("flares"), "flare_date")
f[, any := TRUE][, severe := severity == "severe"][, mild_moderate := severity == "mild_moderate"]
flares <- rated(f, c("any", "mild_moderate", "severe"))
say(flares[, .(source = "recorded", severity = category, n_flares = n_events, n_patients, person_years, rate_per_100py = event_rate_per_100py, ci_low = event_rate_ci_low, ci_high = event_rate_ci_high)], "flares")
