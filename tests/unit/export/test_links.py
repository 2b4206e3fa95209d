"""Links: kept whole, found by their id, refused once they were changed."""

import json
from pathlib import Path

import pytest

from lupus_outcomes.errors import UnreadableError
from lupus_outcomes.export.links import Link, find_link, keep_link, links_folder
from lupus_outcomes.release.provenance import seal

ID = "0123456789"


def draw_link(**view: list[str]) -> Link:
    stamp = {"id": ID, "recipe": {"analysis": "attainment"}, "finding": "71 of 217"}
    return Link("retention", view, stamp | {"seal": seal(stamp)})


def test_what_was_kept_is_found(tmp_path):
    link = draw_link(sex=["female"], centre=["Ä “1”"])
    keep_link(tmp_path / "new" / "links", link)
    assert find_link(tmp_path / "new" / "links", ID) == link


def test_the_first_view_of_an_id_stays(tmp_path):
    keep_link(tmp_path, first := draw_link(sex=["female"]))
    keep_link(tmp_path, draw_link(sex=["male"]))
    assert find_link(tmp_path, ID) == first
    assert [file.name for file in tmp_path.iterdir()] == [f"{ID}.json"]


@pytest.mark.parametrize("asked", ["9876543210", "..", "", "../0123456789", f"{ID}0", "0123ABCDEF"])
def test_no_other_id_is_found(tmp_path, asked):
    keep_link(tmp_path / "links", draw_link())
    assert find_link(tmp_path / "links", asked) is None


def _change(content: dict, path: str, value: object) -> None:
    *parents, last = path.split(".")
    for parent in parents:
        content = content[parent]
    content[last] = value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("stamp.finding", "everyone"),
        ("stamp.id", "9876543210"),
        ("stamp.seal", ""),
        ("stamp", []),
        ("page", "../app"),
        ("page", None),
        ("view", {"sex": "female"}),
        ("view", [["sex"]]),
        ("view", {"sex": [1]}),
    ],
)
def test_what_was_changed_is_refused(tmp_path, path, value):
    keep_link(tmp_path, draw_link())
    file = tmp_path / f"{ID}.json"
    content = json.loads(file.read_text())
    _change(content, path, value)
    file.write_text(json.dumps(content))
    with pytest.raises(UnreadableError, match="was changed after it was kept"):
        find_link(tmp_path, ID)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff"])
def test_what_is_no_link_is_refused(tmp_path, content):
    (tmp_path / f"{ID}.json").write_bytes(content)
    with pytest.raises(UnreadableError, match=ID):
        find_link(tmp_path, ID)


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "links").write_text("a file")
    with pytest.raises(UnreadableError, match=r"Links are not kept, links: "):
        keep_link(tmp_path / "links", draw_link())


def test_where_they_lie():
    assert links_folder({"LUPUS_OUTCOMES_LINKS": "/srv/links"}) == Path("/srv/links")
    assert links_folder({"XDG_STATE_HOME": "/s"}) == Path("/s/lupus-outcomes/links")
    assert links_folder({}) == Path.home() / ".local/state/lupus-outcomes/links"
