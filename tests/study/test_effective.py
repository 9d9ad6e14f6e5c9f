"""Rules in force for a period: by the subject's first dose, versions without overlap."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from safety.study.model import Study
from tests.study.samples import rule, study

DEATH = {"death": True}


def _versions(*periods: tuple[str | None, str | None]) -> Study:
    return study(
        *(
            rule(DEATH, version=n, effective_from=start, effective_until=end)
            for n, (start, end) in enumerate(periods, 1)
        )
    )


@pytest.mark.parametrize(
    ("first_dose", "versions"),
    [
        (date(2024, 5, 31), [1]),
        (date(2024, 6, 1), [2]),
        (date(2025, 1, 1), [2]),
        (date(2020, 1, 1), [1]),
        (None, [2]),
    ],
)
def test_the_first_dose_chooses_the_version(first_dose, versions) -> None:
    made = _versions((None, "2024-05-31"), ("2024-06-01", None))
    found = [r.version for r in made.dose_limiting.rules if r.applies_to(first_dose)]
    assert found == versions


@pytest.mark.parametrize(
    "periods",
    [
        [(None, None), (None, None)],
        [(None, "2024-06-01"), ("2024-06-01", None)],
        [(None, None), ("2024-06-01", None)],
        [(None, "2024-05-31"), (None, None)],
    ],
)
def test_versions_that_overlap_are_refused(periods) -> None:
    with pytest.raises(ValidationError) as error:
        _versions(*periods)
    assert "rule id R1 is used more than once; versions of one rule need effective_from" in str(
        error.value
    )
