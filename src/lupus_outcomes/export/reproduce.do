* Finds the headline numbers again in the rows beside this file, and stops at the first that differs.
* In Stata 15 or newer, in this folder:  do reproduce.do
* Every missing value says why: .a not collected, .b unknown, .c not due, .d no visit in the window,
* .e does not apply, .f off the drug by then, .w withheld.
version 15
clear all
set more off

* holds VARIABLE N SUM: so many values, and their sum
program define holds
    args variable n sum
    quietly summarize `variable'
    assert r(N) == `n'
    if `n' > 0 {
        assert abs(r(sum) - (`sum')) <= 1e-9 * max(1, abs(`sum'))
    }
end

* near EXPRESSION VALUE TOLERANCE
program define near
    args expression value tolerance
    assert abs(`expression' - (`value')) <= `tolerance'
end

* attained OUTCOME "ROWS" N RESPONDERS LOW HIGH: a proportion with its limits
program define attained
    args outcome rows n responders low high
    quietly ci proportions `outcome' if `rows', INTERVAL
    assert r(N) == `n'
    near r(lb) `low' 1e-6
    near r(ub) `high' 1e-6
    quietly summarize `outcome' if `rows'
    assert r(sum) == `responders'
    display as text "`outcome' if `rows': " as result "`responders' of `n'"
end

* still_on "ROWS" DAY SHARE LOW HIGH: the Kaplan-Meier estimate on a day, log(-log) limits
program define still_on
    args rows day share low high
    preserve
    quietly keep if `rows'
    quietly sts generate share = s low = lb(s) high = ub(s)
    sort _t
    quietly count if _t <= `day'
    local at = r(N)
    if `at' == 0 {
        near 1 `share' 1e-6
    }
    else {
        near share[`at'] `share' 1e-6
        if `low' < . & low[`at'] < . {
            near low[`at'] `low' 1e-6
            near high[`at'] `high' 1e-6
        }
    }
    display as text "on the drug on day `day' if `rows': " as result %6.4f `share'
    restore
end

* changed MEASURE "ROWS" TIMEPOINT N CHANGE LOW HIGH: paired with baseline, limits by Student's t
program define changed
    args measure rows timepoint n change low high
    preserve
    quietly keep if inlist(timepoint, 0, `timepoint') & seen == 1 & `measure' < . & (`rows')
    sort patient timepoint
    quietly by patient: generate double change = `measure'[2] - `measure'[1] if _N == 2 & _n == 2
    quietly ci means change
    assert r(N) == `n'
    near r(mean) `change' 1e-6
    near r(lb) `low' 1e-6
    near r(ub) `high' 1e-6
    display as text "`measure' at time point `timepoint' if `rows': " as result %7.3f `change'
    restore
end

