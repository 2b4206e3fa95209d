"""The benchmark against R: says when R is not there; compares the numbers that both write."""

import pandas as pd

from tests.bench.outcomes import differences, main
from tests.reference_cohort import FOLDER


def test_without_r_it_says_so(monkeypatch, capsys):
    monkeypatch.setenv("PATH", "")
    main()
    assert capsys.readouterr().out == (
        "Result tables against R: left out, there is no Rscript here.\n"
    )


def test_numbers_that_differ_are_named(tmp_path):
    expected = FOLDER / "expected"
    table = pd.read_csv(expected / "attainment.csv")
    changed = table.assign(n_due=table["n_due"] + 1)
    changed.to_csv(tmp_path / "attainment.csv", index=False)
    told = differences(tmp_path, expected, "attainment")

    assert told == "72 of 72 rows: n_due 1"
    assert differences(expected, expected, "attainment") == "72 of 72 rows: the same"
