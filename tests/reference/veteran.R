# Veterans' lung cancer trial (Kalbfleisch & Prentice): rows 17 to 19.
library(survival)
source("expected.R")
v <- survival::veteran
d <- with(v, data.frame(
  days = time, death = status, test = trt - 1, cell = as.integer(celltype) - 1,
  small = as.integer(celltype == "smallcell"), adeno = as.integer(celltype == "adeno"),
  large = as.integer(celltype == "large"), karno, diagtime, age, prior
))
write_data(d, "veteran")
put("log_rank_cell", survdiff(Surv(days, death) ~ cell, d)$chisq)
put("log_rank_test", survdiff(Surv(days, death) ~ test, d)$chisq)
put_cox("all", coxph(Surv(days, death) ~ test + small + adeno + large + karno + diagtime + age + prior, d, control = exactly))
fit <- coxph(Surv(time, status) ~ trt + celltype + karno, v, control = exactly)
z <- cox.zph(fit)$table
put("zph", z[, "chisq"])
put("zph_df", z[, "df"])
write_expected("veteran")
