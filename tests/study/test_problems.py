"""Errors deep in a file: line, place and remedy."""

from __future__ import annotations

import pytest

from safety.errors import StudyError
from safety.study.load import load
from tests.study.samples import FOLDER

TEXT = (FOLDER / "nct06038461.yaml").read_text(encoding="utf-8")


RULES, ROWS = "dose_limiting.rules", "modification.rules"


@pytest.mark.parametrize(
    ("old", "new", "place", "text"),
    [
        ('["SYSBP <= 140 mm[Hg]", "DIABP <= 90 mm[Hg]"]\n          within',
         "[SYSBP low]\n          within",
         f"{RULES}.13.when.resolving.or_values.0", "'SYSBP low' cannot be read; write it as "),
        ("{procedure: PLATELET TRANSFUSION}", "{procedur: PLATELET TRANSFUSION}",
         f"{RULES}.4.when.all.1.any.1", "did you mean procedure?"),
        ('lasting: ">=7d"}   #', 'lasting: ">=1 week"}   #', f"{RULES}.0.when.lasting",
         """'>=1 week' cannot be read; write it as ">=7d" or "<=72h\""""),
        ("steps: [60, 50, 40]", "steps: [40, 50, 60]", "treatment.drugs.s1.steps",
         "the ladder goes downwards: 250, 200, 150"),
        ("max_reductions: 2\n      max_interruption: 28d", "max_reduction: 2",
         "treatment.drugs.surufatinib.max_reduction",
         "unknown field; did you mean max_reductions?"),
        ("start_level: L1", "start_level: L9", "treatment",
         "start_level L9 is none of L-1, L1, L2, L3"),
        ("confidence: H\n    - id: T2", "confidence: X\n    - id: T2",
         f"{ROWS}.20.confidence", "Input should be 'H', 'M' or 'L'"),
        ("windows: [C1D2-C1D7,", "windows: [week 1,", "dose_limiting.surveillance.0.windows.0",
         """'week 1' cannot be read; write it as "C1D2-C1D7", "C1D28" or "D1-D14\""""),
        ('minimum_dose: ">=80%"', "minimum_dose: 80", "dose_limiting.evaluability.minimum_dose",
         """'80' cannot be read; write it as ">=25%\""""),
    ],
)  # fmt: skip
def test_a_deep_error_names_its_line(tmp_path, old, new, place, text) -> None:
    assert TEXT.count(old) == 1
    wrong = TEXT.replace(old, new)
    file = tmp_path / "x.yaml"
    file.write_text(wrong, encoding="utf-8")
    with pytest.raises(StudyError) as error:
        load(file)
    (problem,) = error.value.problems
    assert f", {place}: " in problem
    assert text in problem
    line = wrong[: wrong.index(new)].count("\n") + 1
    if place != "treatment":  # an error of the whole treatment stands at its first line
        assert problem.startswith(f"line {line}, ")
