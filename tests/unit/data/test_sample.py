"""The synthetic cohort: reproducible, loadable, coherent; its signal and errors are planted."""

import numpy as np
import pandas as pd
import pytest

from lupus_outcomes.data.read import examine_dataset
from lupus_outcomes.data.sample import generate_sample
from lupus_outcomes.data.sample.baseline import draw_baseline
from lupus_outcomes.data.sample.missing import INTERFERON_CENTRES
from lupus_outcomes.data.sample.response import compute_planted_effect
from lupus_outcomes.data.sample.streams import open_streams
from lupus_outcomes.data.write import write_dataset
from lupus_outcomes.dictionary import TABLES, columns_with_role, spec_of
from lupus_outcomes.errors import UsageError
from lupus_outcomes.protocol import DAYS_PER_MONTH

pytestmark = pytest.mark.slow

DTYPES = {"text": "string", "code": "string", "boolean": "boolean", "number": "float64"}
DTYPES |= {"date": "datetime64[ns]"}
EVENT_DATES = {
    "visits": "visit_date",
    "infusions": "infusion_date",
    "flares": "flare_date",
    "samples": "sample_date",
}
# What the check has to find in the bundled sample: rule, table.
PLANTED = {
    ("out_of_range", "visits"),
    ("unknown_code", "visits"),
    ("end_before_start", "adverse_events"),
    ("diagnosis_after_index", "patients"),
    ("implausible", "visits"),
    ("visit_long_before_index", "visits"),
    ("more_swollen_than_tender", "visits"),
    ("total_differs", "visits"),
    ("damage_falls", "visits"),
    ("often_missing", "visits"),
}


@pytest.fixture(scope="module")
def sample():
    return generate_sample()


@pytest.fixture(scope="module")
def tables(sample):
    return sample.tables


def _by_patient(tables, table, column):
    return tables[table]["patient_id"].map(tables["patients"].set_index("patient_id")[column])


def _study_drug(tables):
    courses = tables["treatments"]
    return courses[courses["drug"] == "anifrolumab"].set_index("patient_id")


def test_the_same_seed_gives_the_same_bytes(sample, tmp_path):
    again = generate_sample()
    for name, folder in (("a", sample), ("b", again)):
        write_dataset(tmp_path / name, folder.about, folder.tables)
    for file in sorted((tmp_path / "a").iterdir()):
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes(), file.name


def test_another_seed_gives_other_patients(tables):
    other = generate_sample(seed=2).tables
    assert not tables["patients"]["age_years"].equals(other["patients"]["age_years"])
    assert not tables["visits"].equals(other["visits"])


@pytest.mark.parametrize("patients", [1, 7, 180, pytest.param(2000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("data_cut_month", [66, 84])
def test_every_size_is_a_usable_dataset(patients, data_cut_month, tmp_path):
    sample = generate_sample(patients, seed=3, data_cut_month=data_cut_month)
    assert len(sample.tables["patients"]) == patients
    write_dataset(tmp_path / "sample", sample.about, sample.tables)
    assert examine_dataset(tmp_path / "sample").is_usable


@pytest.mark.parametrize("wrong", [{"patients": 0}, {"seed": -1}, {"data_cut_month": 36}])
def test_impossible_wishes_are_refused(wrong):
    with pytest.raises(UsageError):
        generate_sample(**wrong)


def test_columns_and_types_are_the_dictionarys(tables):
    for name, frame in tables.items():
        declared = TABLES[name].columns
        assert list(frame) == [column for column in declared if column in frame]
        for column in frame:
            assert frame[column].dtype == DTYPES[spec_of(declared[column]).kind], (name, column)


def test_it_says_it_is_synthetic_and_names_its_study(sample):
    assert sample.about["synthetic"] is True
    assert sample.about["study"] == "nct07215754"


def test_patients_carry_the_canary_and_keys_hold(tables):
    ids = tables["patients"]["patient_id"]
    assert ids.str.fullmatch(r"PT-CANARY-\d{4,}").all()
    assert ids.is_unique
    assert not tables["visits"].duplicated(["patient_id", "visit_date"]).any()
    for frame in tables.values():
        assert frame["patient_id"].isin(ids).all()


def test_nothing_lies_after_the_last_contact_or_the_data_cut(sample, tables):
    patients, cut = tables["patients"], pd.Timestamp(sample.about["data_cut"])
    assert (patients["last_contact_date"] >= patients["index_date"]).all()
    assert (patients["last_contact_date"] <= cut).all()
    for name, date in EVENT_DATES.items():
        last = _by_patient(tables, name, "last_contact_date")
        assert (tables[name][date] <= last).all(), name


def test_the_planted_errors_are_what_the_check_finds(sample, tmp_path):
    write_dataset(tmp_path / "sample", sample.about, sample.tables)
    findings = examine_dataset(tmp_path / "sample").findings
    assert {f.severity for f in findings} <= {"set_aside", "query"}
    assert {(f.rule, f.table) for f in findings} >= PLANTED


def test_damage_and_bilag_only_go_one_way(tables):
    visits = tables["visits"].sort_values(["patient_id", "visit_date"])
    damage = visits.dropna(subset="slicc_damage_index")
    falls = damage.groupby("patient_id")["slicc_damage_index"].diff() < 0
    assert falls.sum() <= 6  # the planted ones, about two visits in a thousand
    for column in columns_with_role("visits", "bilag"):
        grade = visits.dropna(subset=column)
        was_involved = (grade[column] != "E").groupby(grade["patient_id"]).cummax()
        assert not (was_involved & (grade[column] == "E")).any(), column


def test_findings_agree_with_each_other(tables):
    v = tables["visits"]
    leukocytes = v["leukocytes_10e9_l"].where(v["leukocytes_10e9_l"] < 60)  # not the planted ones
    swapped = v["swollen_joints_28"] > v["tender_joints_28"]
    agreements = {
        "proteinuria": (v["proteinuria_mg_24h"], v["proteinuria_mg_24h"] > 500),
        "thrombocytopenia": (v["platelets_10e9_l"], v["platelets_10e9_l"] < 100),
        "leukopenia": (leukocytes, leukocytes < 3.0),
        "arthritis": (v["swollen_joints_28"].mask(swapped), v["swollen_joints_28"] >= 2),
        "rash": (v["rash_extent"], v["rash_extent"] != "none"),
    }
    for descriptor, (recorded, says_present) in agreements.items():
        known = recorded.notna()
        assert (v[descriptor][known] == says_present[known]).all(), descriptor
    with_rash = v["clasi_activity"].notna() & v["rash"]
    assert (v.loc[with_rash, "clasi_activity"] >= 1).all()


def test_infusions_are_never_closer_than_two_weeks_nor_further_than_ninety_days(tables):
    infusions = tables["infusions"]
    infusions = infusions[infusions["route"] == "iv"].sort_values(["patient_id", "infusion_date"])
    gap = infusions.groupby("patient_id")["infusion_date"].diff().dropna().dt.days
    assert gap.between(14, 90).all()
    stop = infusions["patient_id"].map(_study_drug(tables)["stop_date"])
    assert not (infusions["infusion_date"] >= stop).any()


def test_who_stops_for_an_event_or_dies_has_that_event(tables):
    reasons = _study_drug(tables)["stop_reason"]
    events = tables["adverse_events"]
    stopped = set(events.loc[events["action"] == "discontinued", "patient_id"])
    assert stopped == set(reasons[reasons == "adverse_event"].index)
    fatal = set(events.loc[events["outcome"] == "fatal", "patient_id"])
    patients = tables["patients"].set_index("patient_id")
    assert fatal == set(patients.index[patients["death_date"].notna()])
    assert fatal == set(reasons[reasons == "death"].index)


def test_the_signature_is_measured_at_five_centres_only(tables):
    patients = tables["patients"]
    measured = set(patients.loc[patients["ifn_signature_high"].notna(), "centre"])
    assert measured == {f"Centre {number:02d}" for number in INTERFERON_CENTRES}


@pytest.mark.slow
def test_most_stopped_patients_keep_one_visit():
    tables = generate_sample(2000, seed=5).tables
    drug = _study_drug(tables)
    stayed = ~drug["stop_reason"].isin(["death", "lost_to_follow_up"])
    withdrawn = tables["patients"].set_index("patient_id")["withdrawal_date"].notna()
    old_enough = drug["stop_date"] < pd.Timestamp("2026-05-01")  # their visit is before the cut
    due = drug.index[stayed & ~withdrawn & old_enough]
    visits = tables["visits"]
    after = visits[visits["visit_date"] > visits["patient_id"].map(drug["stop_date"])]
    assert after.groupby("patient_id").size().max() == 1
    assert np.mean(np.isin(due, after["patient_id"])) == pytest.approx(0.60, abs=0.06)


@pytest.mark.slow
def test_questionnaires_are_missing_more_often_among_the_tired():
    visits = generate_sample(2000, seed=5).tables["visits"].sort_values("visit_date")
    visits = visits[visits["facit_fatigue"].fillna(0) <= 52]
    before = visits.groupby("patient_id")["facit_fatigue"].shift()
    missing = visits["facit_fatigue"].isna()
    assert missing[before < 25].mean() > missing[before > 40].mean() + 0.05


@pytest.mark.parametrize(("name", "other"), [("female", 0), ("anti_ro", 1), ("bmi", 40.0)])
def test_null_predictors_have_no_planted_effect(name, other):
    people = draw_baseline(500, open_streams(1)["baseline"])
    changed = people.assign(**{name: other})
    assert compute_planted_effect(changed) == pytest.approx(compute_planted_effect(people))


@pytest.mark.parametrize(
    ("change", "effect"),
    [
        ({"prednisone": 12.0}, -0.40),
        ({"sdi": 1}, -0.40),
        ({"biologics": 2}, -0.70),
        ({"low_complement": True}, -0.25),
        ({"hydroxychloroquine": True}, +0.45),
        ({"clasi": 8.0}, +0.80),
        ({"clasi": 8.0, "smoker": True}, -0.20),
        ({"smoker": True}, 0.0),
        ({"duration_years": 10.0}, -0.15),
        ({"swollen": 3.0}, +0.15),
        ({"ifn_high": True}, +0.20),
    ],
)
def test_planted_effects_are_those_declared(change, effect):
    plain = {"prednisone": 7.0, "sdi": 0, "biologics": 0, "clasi": 0.0, "swollen": 0.0}
    plain |= {"duration_years": 0.0}
    flags = ("smoker", "hydroxychloroquine", "low_complement", "ifn_high")
    plain |= dict.fromkeys(flags, False)
    patients = pd.DataFrame([plain, plain | change])
    without, with_change = compute_planted_effect(patients)
    assert with_change - without == pytest.approx(effect)


def test_the_mature_cohort_is_the_same_patients_seen_for_longer(sample, tables):
    mature = generate_sample(data_cut_month=84)
    kept = ["patient_id", "centre", "index_date", "sex", "age_years", "prior_biologics"]
    pd.testing.assert_frame_equal(mature.tables["patients"][kept], tables["patients"][kept])
    early, late = _study_drug(tables), _study_drug(mature.tables)
    stopped = early["stop_date"].notna()
    assert early["stop_date"][stopped].equals(late["stop_date"][stopped])
    assert late["stop_date"].notna().sum() > stopped.sum()
    due = {
        cut: (
            pd.Timestamp(s.about["data_cut"]) - s.tables["patients"]["index_date"]
            >= pd.Timedelta(days=63 * DAYS_PER_MONTH)
        ).sum()
        for cut, s in ((66, sample), (84, mature))
    }
    assert due[84] > 5 * due[66] > 0
