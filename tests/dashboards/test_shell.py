"""Every page says what is held since when and why."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from dashboards import shell
from dashboards.view import Permitted, View
from safety.settings import from_environment
from safety.store.read import Hold, Snapshot
from tests.dashboards import desk

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
def test_the_banner_names_held_files(monkeypatch, tmp_path, holds, told) -> None:
    used = from_environment({"TOXWATCH_HOME": str(tmp_path)})
    visit = desk.visit(used, "/decision?study=T1", desk.person("chair"))
    feeds = pd.DataFrame({"FEED": ["edc", "edc", "lab"]})
    monkeypatch.setattr(Permitted, "deliveries", lambda *_: feeds)
    monkeypatch.setattr(View, "holds", lambda _: holds)
    shown = View(used, visit.session, visit.address, desk.KEY, SHOT)
    banner = str(shell.banner(shown))
    assert all(text in banner for text in told)
    assert "past snapshot" not in banner
    assert "past snapshot" in str(shell.banner(replace(shown, is_newest=False)))
