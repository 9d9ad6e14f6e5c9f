"""Every page says what is held since when and why."""

from __future__ import annotations

import pandas as pd
import pytest

from dashboards import data, shell
from safety.store.read import Hold, Snapshot

HELD = [
    Hold("edc", "AE", "2024-04-02", "2024-04-02/ae.csv: too short"),
    Hold("edc", "VS", "2024-04-03", "2024-04-03/vs.csv: no row"),
    Hold("lab", "", "2024-04-03", "lb.csv: the file is empty."),
]


SHOT = Snapshot(
    1,
    "s1",
    "T1",
    1,
    "2024-04-01",
    "r",
    "5.0",
    "c",
    "h",
    "h",
    "t",
    {"title": "Trial", "phase": "I"},
    {},
)


class _Store:
    def __init__(self, holds):
        self._holds = holds

    def holds(self, _):
        return self._holds

    def deliveries(self, _):
        return pd.DataFrame({"FEED": ["edc", "edc", "lab"]})


@pytest.mark.parametrize(
    ("holds", "told"),
    [
        (HELD, ["held: edc (AE, VS), lab - showing the previous data",
                "Held since 2024-04-02: 2024-04-02/ae.csv: too short (and 2 more)",
                "Held since 2024-04-03: lb.csv: the file is empty."]),
        (HELD[2:], ["held: lab - showing the previous data",
                    "Held since 2024-04-03: lb.csv: the file is empty."]),
        ([], ["feeds complete (2)"]),
    ],
)  # fmt: skip
def test_the_banner_names_held_files(monkeypatch, holds, told) -> None:
    monkeypatch.setattr(data, "store", lambda: _Store(holds))
    banner = str(shell._banner(SHOT))
    assert all(text in banner for text in told)
    assert ("Held since" in banner) == bool(holds)
