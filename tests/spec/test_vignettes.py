"""Clinical vignettes: small drawn patients with the answers the definitions give.

One test a case of ``vignettes.json`` beside this file, or of the file named by the environment
variable VIGNETTES. Only the keys listed under ``expected`` are asserted. A kind or a key that the
product cannot answer fails; nothing is skipped.
"""

import json
import os
from pathlib import Path

import pytest

from tests.spec.cases import answer, disagreement

VIGNETTES = Path(os.environ.get("VIGNETTES", Path(__file__).with_name("vignettes.json")))
CASES = json.loads(VIGNETTES.read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_vignette(case):
    problem = disagreement(case["expected"], lambda options: answer(case["inputs"], options))

    assert problem is None, f"{problem}. {case.get('why', '')}"
