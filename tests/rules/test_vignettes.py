"""Every vignette has a case of our own, which needs no folder beside the project."""

from __future__ import annotations

from tests.rules.case_files import all_cases

NUMBERS = [f"{n:02d}" for n in range(1, 21)]


def test_every_vignette_has_its_case() -> None:
    told = [i.removeprefix("vignette-") for i in all_cases() if i.startswith("vignette-")]
    assert sorted(told) == NUMBERS
