"""A stamp makes its numbers again: the same on the same data, and nothing passes for it."""

import json
import shutil
from dataclasses import replace

import pytest

from lupus_outcomes.analysis.catalogue import ANALYSES
from lupus_outcomes.analysis.interim import name_interim
from lupus_outcomes.cli import main
from lupus_outcomes.derive.cohort import derive_cohort
from lupus_outcomes.derive.interim import derive_interim
from lupus_outcomes.derive.scope import keep_centres
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.derive.visits import Definitions
from lupus_outcomes.errors import UnreadableError, UsageError
from lupus_outcomes.export.deck.from_cohort import compute_sources
from lupus_outcomes.export.replay import read_stamp, replay, view_in_words
from lupus_outcomes.release.disclosure import release
from lupus_outcomes.release.provenance import seal
from tests.reference_cohort import FOLDER, reference_cohort

pytestmark = pytest.mark.slow

DATASET = FOLDER / "dataset"
ASKED = {
    "obstacles": {"endpoint": "lldas", "months": 12.0},
    "undecided": {"endpoint": "doris"},
    "denominators": {"endpoint": "lldas"},
    "attainment": {"endpoints": ("doris", "lldas"), "handlings": ("observed",)},
    "change": {"measures": ("sledai_2k",)},
    "centre_funnel": {"endpoint": "doris", "months": 12.0, "handling": "nri"},
}
OTHERS = ("baseline", "retention", "flares", "adverse_events", "exposure", "findings")
# A stamp of each with a filter, a grouping or another reading, in turn.
VIEWS = (
    ((("sex", ("female",)),), None),
    ((), "sex"),
    ((("centre", ("Centre 01", "Centre 02")), ("sex", ("female",))), "smoking"),
)
OTHER = replace(Definitions(), lldas=replace(Definitions().lldas, new_activity="clinical_only"))


def stamp_of(name, filters=(), group=None, cohort=None, options=None):
    cohort = cohort or reference_cohort()
    selection = select_patients(cohort, filters, group)
    options = ASKED.get(name, {}) if options is None else options
    recipe = {"analysis": name, "options": options, "interim": False}
    result = ANALYSES[name](cohort, selection, **options)
    return release(result, cohort, selection, view_in_words(recipe), recipe)


def saved(released, folder):
    path = folder / "result.stamp.json"
    path.write_text(released.stamp_as_json())
    return path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "view"),
    [(name, VIEWS[at % len(VIEWS)]) for at, name in enumerate((*sorted(ASKED), *OTHERS))],
)
def test_the_same_data_give_the_same_numbers(tmp_path, name, view):
    found = replay(read_stamp(saved(stamp_of(name, *view), tmp_path)), DATASET)
    assert found.is_same, found.lines
    assert len(found.lines) == 1
    assert found.lines[0].startswith("the same: ")


def test_readings_of_the_definitions_are_taken(tmp_path):
    cohort = reference_cohort()
    other = derive_cohort(cohort.dataset, cohort.protocol, definitions=OTHER)
    stamp = read_stamp(saved(stamp_of("attainment", cohort=other), tmp_path))
    assert replay(stamp, DATASET).is_same
    assert stamp["table_sha256"] != stamp_of("attainment").stamp_as_dict()["table_sha256"]


def test_a_reader_of_some_centres_has_numbers_that_are_made_again(tmp_path):
    dataset = keep_centres(reference_cohort().dataset, ("Centre 02", "Centre 06"))
    own = derive_cohort(dataset, reference_cohort().protocol)
    stamp = read_stamp(saved(stamp_of("attainment", cohort=own), tmp_path))
    assert stamp["filters_in_words"] == "Centre: Centre 02 or Centre 06 only"
    found = replay(stamp, DATASET)
    assert found.is_same, found.lines
    assert "N 51" in found.lines[0]
    everyone = stamp_of("attainment")
    assert stamp["id"] != everyone.stamp.id


def test_the_interim_analysis_is_made_again_on_its_frozen_set(tmp_path):
    frozen = derive_interim(reference_cohort())
    assert frozen is not None
    options = ASKED["attainment"]
    made = ANALYSES["attainment"](frozen.cohort, frozen.selection, **options)
    made = name_interim(made, frozen.cohort)
    recipe = {"analysis": "attainment", "options": options, "interim": True}
    view = view_in_words(recipe)
    released = release(made, frozen.cohort, frozen.selection, view, recipe)
    found = replay(read_stamp(saved(released, tmp_path)), DATASET)
    assert found.is_same
    assert "interim_attainment" in found.lines[0]


def test_what_a_model_first_answers_is_made_again(tmp_path):
    cohort = reference_cohort()
    released = compute_sources(cohort, select_patients(cohort)).prediction("predictors")
    assert released is not None
    assert replay(read_stamp(saved(released, tmp_path)), DATASET).is_same


def test_robustness_is_made_again(tmp_path):
    cohort = reference_cohort()
    released = compute_sources(cohort, select_patients(cohort)).robustness()
    assert replay(read_stamp(saved(released, tmp_path)), DATASET).is_same


class TestOtherData:
    @pytest.fixture
    def edited(self, tmp_path):
        """The dataset without what is recorded of the last visits."""
        folder = tmp_path / "edited"
        shutil.copytree(DATASET, folder)
        lines = (folder / "visits.csv").read_text().splitlines()
        (folder / "visits.csv").write_text("\n".join(lines[:-400]) + "\n")
        return folder

    def test_both_numbers_are_told(self, tmp_path, edited):
        released = stamp_of("attainment")
        found = replay(read_stamp(saved(released, tmp_path)), edited)
        assert not found.is_same
        assert found.lines[0].startswith("NOT the same: attainment")
        assert found.lines[1] == f"then: {released.result.finding}"
        assert found.lines[2].startswith("now:  At 12 months: DORIS remission")
        assert found.lines[2] != found.lines[1].replace("then: ", "now:  ")
        assert found.lines[3].startswith("other data: the stamp's dataset is ")

    def test_numbers_that_do_not_depend_on_it_are_the_same(self, tmp_path, edited):
        found = replay(read_stamp(saved(stamp_of("retention"), tmp_path)), edited)
        assert found.is_same
        assert found.lines[1].startswith("other data: ")

    def test_a_level_it_does_not_have_is_told(self, tmp_path, edited):
        stamp = saved(stamp_of("retention", (("centre", ("Centre 01",)),)), tmp_path)
        patients = (edited / "patients.csv").read_text()
        (edited / "patients.csv").write_text(patients.replace("Centre 01", "Centre 77"))
        found = replay(read_stamp(stamp), edited)
        assert not found.is_same
        assert "it cannot be made from edited: centre has no level Centre 01" in found.lines[0]


class TestTampering:
    CONTENT = json.loads(stamp_of("attainment", (("sex", ("female",)),)).stamp_as_json())

    @pytest.mark.parametrize("name", sorted(set(CONTENT) - {"seal"}))
    def test_any_change_shows(self, tmp_path, name):
        value = self.CONTENT[name]
        others = {
            str: "another" if value != "another" else "other",
            int: 7,
            bool: not value,
            dict: {"other": 1},
        }
        path = tmp_path / "stamp.json"
        path.write_text(json.dumps(self.CONTENT | {name: others[type(value)]}))
        with pytest.raises(UsageError, match="was changed after it was made"):
            read_stamp(path)

    @pytest.mark.parametrize("name", sorted(set(CONTENT) - {"seal"}))
    def test_anything_taken_away_shows(self, tmp_path, name):
        path = tmp_path / "stamp.json"
        path.write_text(json.dumps({k: v for k, v in self.CONTENT.items() if k != name}))
        with pytest.raises(UsageError, match="was changed after it was made"):
            read_stamp(path)

    def test_numbers_sealed_anew_are_still_not_those_of_the_data(self, tmp_path):
        forged = self.CONTENT | {"table_sha256": "0" * 64}
        path = tmp_path / "stamp.json"
        path.write_text(json.dumps(forged | {"seal": seal(forged)}))
        assert not replay(read_stamp(path), DATASET).is_same

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("finding", "At 12 months: DORIS remission in everyone."),
            ("n_patients", 2_100),
            ("filters_in_words", "Sex: male"),
            ("is_synthetic", False),
            ("view", {"endpoint": "flares"}),
            ("id", "0123456789"),
        ],
    )
    def test_words_sealed_anew_are_not_those_of_the_numbers(self, tmp_path, name, value):
        forged = self.CONTENT | {name: value}
        path = tmp_path / "stamp.json"
        path.write_text(json.dumps(forged | {"seal": seal(forged)}))
        found = replay(read_stamp(path), DATASET)
        assert not found.is_same
        assert name in found.lines[-1].partition("otherwise of: ")[2].split(", ")

    def test_libraries_of_another_version_are_told(self, tmp_path):
        other = self.CONTENT | {"packages": self.CONTENT["packages"] | {"numpy": "1.0"}}
        path = tmp_path / "stamp.json"
        path.write_text(json.dumps(other | {"seal": seal(other)}))
        found = replay(read_stamp(path), DATASET)
        assert found.is_same
        assert found.lines[1].startswith("other numpy: then 1.0, now ")

    @pytest.mark.parametrize(
        "forged",
        [
            {"recipe": CONTENT["recipe"] | {"analysis": "horoscope"}},
            {"recipe": CONTENT["recipe"] | {"analysis": 7}},
            {"filters": "[1]"},
            {"dataset_sha256": None},
            {"packages": "numpy"},
            {"recipe": CONTENT["recipe"] | {"options": {"planet": "Mars"}}},
            {"recipe": CONTENT["recipe"] | {"definitions": {"doris": {"planet": "Mars"}}}},
            {"recipe": {"analysis": "attainment"}},
            {"study": "nct00000000"},
            {"data_cut": "yesterday"},
            {"filters": "not JSON"},
        ],
        ids=lambda forged: str(forged)[:60],
    )
    def test_what_no_version_has_is_told_in_one_line(self, tmp_path, capsys, forged):
        content = self.CONTENT | forged
        path = tmp_path / "stamp.json"
        path.write_text(json.dumps(content | {"seal": seal(content)}))
        assert main(["replay", str(path), str(DATASET)]) == 2
        errors = capsys.readouterr().err
        assert "asks for what this version does not have" in errors
        assert "Traceback" not in errors


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[1]",
        b"no JSON",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"seal": 1, "id": "\\ud800"}',
        # What a reader sees first need not be what a program takes.
        b'{"n_patients": 900, "n_patients": 90, "seal": "0"}',
    ],
)
def test_what_is_no_stamp_is_told_in_one_line(tmp_path, content):
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(UnreadableError, match=r"x\.json is no stamp"):
        read_stamp(path)


def test_a_result_without_a_recipe_says_what_to_do(tmp_path):
    cohort = reference_cohort()
    selection = select_patients(cohort)
    released = release(ANALYSES["baseline"](cohort, selection), cohort, selection)
    with pytest.raises(UsageError, match="lupus-outcomes tables"):
        read_stamp(saved(released, tmp_path))


class TestCommandLine:
    def test_it_says_the_same_and_leaves_with_0(self, tmp_path, capsys):
        stamp = saved(stamp_of("attainment", group="sex"), tmp_path)
        assert main(["replay", str(stamp), str(DATASET)]) == 0
        assert capsys.readouterr().out.startswith("the same: attainment, ")

    def test_a_stamp_that_is_not_there(self, capsys):
        assert main(["replay", "nowhere.json", str(DATASET)]) == 2
        assert "Give a .stamp.json file" in capsys.readouterr().err


def test_a_view_names_its_choices_in_the_singular():
    options = {"families": ("overall", "special"), "endpoints": ["lldas"], "months": 6, "words": ""}
    said = view_in_words({"options": options})
    assert said == {"family": "overall, special", "endpoint": "lldas", "month": "6"}
