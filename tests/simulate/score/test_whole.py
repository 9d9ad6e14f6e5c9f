"""A trial made by hand, delivered on three days, run and compared: what the scorer sees of it."""

import csv
import json
from pathlib import Path

import pytest
import yaml

from safety.simulate.score.score import Score, score
from safety.simulate.score.tally import Tally, total
from tests import delivery, trial
from tests.simulate.score.made import COLUMNS

pytestmark = pytest.mark.xdist_group("whole")  # what they share is made once

WHO = "S1"
COUNTS = {"2024-02-28": "3.6", "2024-03-10": "0.3", "2024-03-14": "0.4", "2024-03-18": "0.4"}


def write_truth(folder: Path) -> None:
    place = folder / "truth"
    place.mkdir(parents=True)
    about = {
        "studyid": "T1", "seed": 0, "scenario": "by hand", "faults": "realistic",
        "judged_rules": ["H1"], "judged_triggers": ["A1"], "terms": ["Neutrophil count decreased"],
    }  # fmt: skip
    (place / "trial.json").write_text(json.dumps(about), encoding="utf-8")
    grades = {"2024-02-28": "0", "2024-03-10": "4", "2024-03-14": "4", "2024-03-18": "4"}
    tables = {
        "values": [
            {"USUBJID": WHO, "DATE": day, "TEST": "NEUT", "DIRECTION": "L", "GRADE": grade,
             "TERM": "Neutrophil count decreased"} for day, grade in grades.items()
        ],
        "rules": [
            {"USUBJID": WHO, "RULE": "H1", "TERM": "Neutrophil count decreased",
             "ONSET": "2024-03-10", "STATE": "met", "FROM": "2024-03-18"},
        ],
        "subjects": [{"USUBJID": WHO, "VERDICT": "DLT", "EVALUABLE": "Y"}],
        "alerts": [{"USUBJID": WHO, "KIND": "DLT", "WHAT": "H1", "ON": "2024-03-10",
                    "FROM": "2024-03-16"}],
        "deliveries": [
            {"DAY": f"2024-03-{day}", "FEED": "sdtm", "FILE": "lb.csv", "DOMAIN": "LB",
             "ROWS": rows, "USABLE": "Y"} for day, rows in ((16, 3), (18, 4))
        ],
        "rows": [
            {"ROW": row, "KNOWN": "2024-03-16", "CAME": "2024-03-16"}
            for row in ("DM|S1", "LB|S1|1", "LB|S1|2", "LB|S1|99")
        ],
    }  # fmt: skip
    for name, columns in COLUMNS.items():
        with (place / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns.split(), restval="")
            writer.writeheader()
            writer.writerows(tables.get(name, []))


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> Score:
    place = tmp_path_factory.mktemp("whole")
    folder, home = place / "trial", place / "home"
    write_truth(folder)
    rules = {"dose_limiting": delivery.TRIAL_RULES, "modification": delivery.TRIAL_HOLDS}
    content = trial.study(**rules).model_dump(mode="json")
    content["feeds"][0]["path"] = "feeds/t1/{day}/edc"
    (folder / "study.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    for day in ("2024-03-16", "2024-03-18"):
        (folder / day / "edc").mkdir(parents=True)
        known = {d: v for d, v in COUNTS.items() if d <= day}
        for name, rows in delivery.trial_rows(lb=delivery.counts_of(known)).items():
            delivery.write_csv(folder / day / "edc" / f"{name}.csv", rows)
    return score(folder, home)


def part(found: Score, title: str):
    return next(p for p in found.parts if p.title.startswith(title))


def test_every_day_was_run(found):
    assert [(d.day, d.state, d.reason) for d in found.days] == [
        (f"2024-03-{day}", "published", "") for day in (16, 17, 18)
    ]


def test_the_candidate_was_found_when_it_could_be(found):
    assert part(found, "DLT candidates").tallies == (Tally("H1", 1, 1),)
    assert part(found, "Verdicts").total.hit == 1


def test_grades_agree_with_the_true_ones(found):
    assert part(found, "Grades by term").tallies == (Tally("Neutrophil count decreased", 4, 4),)


def test_the_alert_left_on_the_first_day(found):
    assert total(part(found, "Alerts").tallies).hit == 1
    assert {g.name: g.met for g in found.goals}["DLT alerts late"] is True


def test_every_delivered_row_has_a_place_and_one_that_never_came_is_lost(found):
    rows = part(found, "Rows delivered")
    assert rows.tallies == (Tally("LB", 7, 7), Tally("rows by key", 4, 3, 1))
    assert [line.what for line in rows.lines] == ["LB|S1|99"]


def test_a_value_without_its_event_is_asked_about_and_goals_say_so(found):
    clean = part(found, "Clean rows")  # by hand there is no adverse event beside the low count
    assert {t.name: t.false for t in clean.tallies if t.false} == {"RC-001": 1}
    assert {g.name: g.met for g in found.goals} == {
        "crashes": True, "days refused": True, "lost rows": False, "DLT recall": True,
        "DLT candidates late": True, "DLT alerts missed": True, "DLT alerts late": True,
        "fault recall": None, "clean rows accused": False,
    }  # fmt: skip
