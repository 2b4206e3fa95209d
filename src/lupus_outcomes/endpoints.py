"""Every endpoint, one literal each; added here it is in selectors, tables and methods."""

from types import MappingProxyType

from lupus_outcomes.protocol import (
    Above,
    AtLeast,
    AtMost,
    Endpoint,
    Every,
    Fallen,
    Risen,
    State,
)

_ACTIVITY = "visits.arthritis|visits.clinical_sledai"
_DOSE = "visits.prednisone_mg_day|visits.glucocorticoid_mg_day"
_BILAG = "visits.bilag_mucocutaneous"
_LLDAS_NEEDS = (
    "visits.arthritis|visits.sledai_2k",
    "visits.haemolytic_anaemia",
    "visits.gastrointestinal_activity",
    "visits.physician_ga",
    _DOSE,
    "visits.maintenance_in_limits",
    "visits.investigational_drug",
)
_SLE_DAS_NEEDS = (
    "visits.swollen_joints_28",
    "visits.systemic_vasculitis",
    "visits.neuropsychiatric",
    _DOSE,
)

DORIS = Endpoint(
    id="doris",
    label="DORIS remission",
    attained=State("doris"),
    definition="Clinical SLEDAI-2K 0, physician global assessment below 0.5 (0–3), prednisone "
    "equivalent at most 5 mg/day, background treatment stable; serology is ignored.",
    source="van Vollenhoven 2021, Lupus Sci Med 8:e000538",
    needs=(_ACTIVITY, "visits.physician_ga", _DOSE, "visits.treatment_stable"),
    glucocorticoid_limit_mg_day=5.0,
)
LLDAS = Endpoint(
    id="lldas",
    label="LLDAS",
    attained=State("lldas"),
    definition="SLEDAI-2K at most 4 without activity of a major organ, haemolytic anaemia or "
    "gastrointestinal activity; nothing new since the previous assessment; physician global "
    "assessment at most 1 (0–3); prednisone equivalent at most 7.5 mg/day; maintenance treatment "
    "tolerated, no investigational drug.",
    source="Franklyn 2016, Ann Rheum Dis 75:1615",
    needs=_LLDAS_NEEDS,
    glucocorticoid_limit_mg_day=7.5,
)
LLDAS5 = Endpoint(
    id="lldas5",
    label="LLDAS with ≤ 5 mg/day",
    attained=State("lldas5"),
    definition="LLDAS with prednisone equivalent at most 5 mg/day.",
    source="DAHLIA; Franklyn 2016, Ann Rheum Dis 75:1615",
    needs=_LLDAS_NEEDS,
    glucocorticoid_limit_mg_day=5.0,
)
SLE_DAS_REMISSION = Endpoint(
    id="sle_das_remission",
    label="SLE-DAS remission",
    attained=State("sle_das_remission"),
    definition="SLE-DAS at most 2.08 and prednisone equivalent at most 5 mg/day (index-based).",
    source="Jesus 2021, Ann Rheum Dis 80:1568; coefficients from one secondary source",
    needs=_SLE_DAS_NEEDS,
    glucocorticoid_limit_mg_day=5.0,
)
SLE_DAS_LDA = Endpoint(
    id="sle_das_lda",
    label="SLE-DAS low disease activity",
    attained=State("sle_das_lda"),
    definition="SLE-DAS at most 2.48 and prednisone equivalent at most 7.5 mg/day.",
    source="Assunção 2022; coefficients from one secondary source",
    needs=_SLE_DAS_NEEDS,
    glucocorticoid_limit_mg_day=7.5,
)
GLUCOCORTICOID_LE5 = Endpoint(
    id="glucocorticoid_le5",
    label="Prednisone ≤ 5 mg/day",
    attained=AtMost("prednisone_mg_day", 5.0),
    definition="Prednisone equivalent taken at the visit at most 5 mg/day.",
    source="EULAR 2023: Fanouriakis 2024, Ann Rheum Dis 83:15",
    needs=(_DOSE,),
    glucocorticoid_limit_mg_day=5.0,
)
GLUCOCORTICOID_LE5_FROM_ABOVE = Endpoint(
    id="glucocorticoid_le5_from_above",
    label="Prednisone ≤ 5 mg/day, from above",
    attained=AtMost("prednisone_mg_day", 5.0),
    definition="Prednisone equivalent at most 5 mg/day in patients who took more at baseline.",
    source="EULAR 2023: Fanouriakis 2024, Ann Rheum Dis 83:15",
    needs=(_DOSE,),
    denominator=Above("prednisone_mg_day", 5.0),
    denominator_words="patients due with more than 5 mg/day at baseline",
    glucocorticoid_limit_mg_day=5.0,
)
GLUCOCORTICOID_OFF = Endpoint(
    id="glucocorticoid_off",
    label="Off glucocorticoids",
    attained=AtMost("prednisone_mg_day", 0.0),
    definition="No glucocorticoid at the visit, in patients who took one at baseline.",
    source="definitions of the registry",
    needs=(_DOSE,),
    denominator=Above("prednisone_mg_day", 0.0),
    denominator_words="patients due with a glucocorticoid at baseline",
    glucocorticoid_limit_mg_day=0.0,
)
SRI4 = Endpoint(
    id="sri4",
    label="SRI-4",
    attained=State("sri4"),
    definition="SLEDAI-2K down by at least 4 from baseline, no new BILAG A and at most one new "
    "BILAG B, physician global assessment not worse by 0.3 or more (0–3).",
    source="Furie 2009, Arthritis Rheum 61:1143",
    needs=(_ACTIVITY, _BILAG, "visits.physician_ga"),
    denominator=AtLeast("sledai_2k", 4),
    denominator_words="patients due with SLEDAI-2K of at least 4 at baseline",
)
BICLA = Endpoint(
    id="bicla",
    label="BICLA",
    attained=State("bicla"),
    definition="Every BILAG A at baseline down to B or better and every B to C or better, no new A "
    "and fewer than two new B, SLEDAI-2K not higher, physician global assessment not worse by 0.3 "
    "or more (0–3).",
    source="Wallace 2014; TULIP form: Morand 2020, N Engl J Med 382:211",
    needs=(_ACTIVITY, _BILAG, "visits.physician_ga"),
    denominator=State("bilag_a_or_b"),
    denominator_words="patients due with a BILAG A or B at baseline",
)
CLASI50 = Endpoint(
    id="clasi50",
    label="CLASI-50",
    attained=Fallen("clasi_activity", 0.5),
    definition="CLASI activity down by at least half from a baseline of at least 10.",
    source="Klein 2011; TULIP: Morand 2020, N Engl J Med 382:211",
    needs=("visits.clasi_activity",),
    denominator=AtLeast("clasi_activity", 10),
    denominator_words="patients due with CLASI activity of at least 10 at baseline",
)
JOINT50 = Endpoint(
    id="joint50",
    label="Joint response 50 %",
    attained=Every((Fallen("swollen_joints_28", 0.5), Fallen("tender_joints_28", 0.5))),
    definition="Swollen and tender joint counts each down by at least half, from at least 6 of "
    "both.",
    source="TULIP: Morand 2020, N Engl J Med 382:211",
    needs=("visits.swollen_joints_28", "visits.tender_joints_28"),
    denominator=Every((AtLeast("swollen_joints_28", 6), AtLeast("tender_joints_28", 6))),
    denominator_words="patients due with at least 6 swollen and 6 tender joints at baseline",
)
DAMAGE_ACCRUAL = Endpoint(
    id="damage_accrual",
    label="New damage",
    attained=Risen("slicc_damage_index", 1),
    definition="SLICC/ACR damage index at least 1 above baseline; the index never falls.",
    source="Gladman 1996, Arthritis Rheum 39:363",
    needs=("visits.slicc_damage_index",),
)

ENDPOINTS = MappingProxyType(
    {
        endpoint.id: endpoint
        for endpoint in (
            DORIS,
            LLDAS,
            LLDAS5,
            SLE_DAS_REMISSION,
            SLE_DAS_LDA,
            GLUCOCORTICOID_LE5,
            GLUCOCORTICOID_LE5_FROM_ABOVE,
            GLUCOCORTICOID_OFF,
            SRI4,
            BICLA,
            CLASI50,
            JOINT50,
            DAMAGE_ACCRUAL,
        )
    }
)
