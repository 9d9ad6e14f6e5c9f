"""The decision table as JSON."""

from __future__ import annotations

import pytest

from safety.escalation.named import DESIGNS, design
from safety.escalation.table import table

KEYS = ["n", "escalate_if_le", "deescalate_if_ge", "eliminate_if_ge"]


def test_boin() -> None:
    found = table(design("boin", 0.30, 5), 18)
    assert list(found) == ["design", "target", "lambda_e", "lambda_d", "rows"]
    assert (found["design"], found["target"]) == ("boin", 0.30)
    assert found["lambda_e"] == pytest.approx(0.23649069, abs=5e-9)
    assert found["lambda_d"] == pytest.approx(0.35851946, abs=5e-9)
    assert [list(row) for row in found["rows"]] == [KEYS] * 18
    assert [tuple(row.values()) for row in found["rows"][:4]] == [
        (1, 0, 1, None), (2, 0, 1, None), (3, 0, 2, 3), (4, 0, 2, 3),
    ]  # fmt: skip
    assert tuple(found["rows"][-1].values()) == (18, 4, 7, 9)


@pytest.mark.parametrize("name", sorted({*DESIGNS} - {"boin"}))
def test_lambdas_are_of_boin_alone(name: str) -> None:
    found = table(design(name, 0.30, 3), 3)
    assert (found["lambda_e"], found["lambda_d"]) == (None, None)
    assert (found["design"], [row["n"] for row in found["rows"]]) == (name, [1, 2, 3])


def test_three_plus_three_ends_at_six() -> None:
    rows = [tuple(row.values()) for row in table(design("3+3", 0.30, 5), 7)["rows"]]
    assert rows == [
        (1, None, None, None), (2, None, 2, 2), (3, 0, 2, 2), (4, None, 2, 2),
        (5, 0, 2, 2), (6, 1, 2, 2), (7, None, None, None),
    ]  # fmt: skip
