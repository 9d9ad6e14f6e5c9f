"""Goals by kind of trial, the whole score of a small study, its table and its exit code."""

import json
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
import typer
from rich.console import Console

from safety import pipeline
from safety.cli import simulate_score
from safety.errors import WrongUseError
from safety.simulate.drive import Day
from safety.simulate.score import read
from safety.simulate.score import score as whole
from safety.simulate.score.goals import Goal
from safety.simulate.score.read import Published
from safety.simulate.score.score import compare
from safety.simulate.score.table import show
from safety.simulate.score.tally import Line, Part, Tally, total
from tests import delivery
from tests.simulate.score.made import COLUMNS, TRIAL, WHO, fault, held, march, rule, said, truth
from tests.simulate.score.test_alerts import true_one
from tests.simulate.score.test_limiting import true_rule

pytestmark = pytest.mark.xdist_group("score")  # what they share is made once

PUBLISHED = [Day(march(4), "published", 2.0)]


def goals(found):
    return {g.name: g.met for g in found.goals}


def test_the_goals_of_each_kind_of_trial():
    names = {
        mode: {g.name for g in compare(truth({"faults": mode}), said(), PUBLISHED).goals}
        for mode in ("none", "realistic", "hostile")
    }
    assert names["hostile"] == {"crashes", "days refused", "lost rows"}
    assert names["none"] - names["hostile"] == {
        "DLT recall", "DLT candidates late", "DLT alerts missed", "DLT alerts late",
        "false DLT candidates", "wrong verdicts",
    }  # fmt: skip
    assert names["realistic"] - names["none"] == {"fault recall", "clean rows accused"}


def test_goals_that_are_met():
    true = truth(rules=[true_rule()], faults=[fault(19, "R")])
    told = said(rule_result=[rule(5)], quarantine=[held(f"LB|{WHO}|S5|NEUT")])
    found = compare(true, told, PUBLISHED)
    assert found.is_met
    assert goals(found)["DLT recall"] is True
    assert goals(found)["fault recall"] is True
    assert goals(found)["clean rows accused"] is None  # there are none


def test_goals_that_are_not_met():
    true = truth(rules=[true_rule()], faults=[fault(19, "R")])
    crashed = [*PUBLISHED, Day(march(5), "crashed", 1.0, "KeyError: 'X'")]
    found = compare(true, said(rule_result=[rule(7)]), crashed)
    assert not found.is_met
    assert goals(found)["DLT recall"] is True
    assert goals(found)["DLT candidates late"] is False
    assert goals(found)["fault recall"] is False
    assert goals(found)["crashes"] is False
    assert found.parts[-1].tallies == (Tally("days", 2, 1, 0, wrong=1),)
    assert [x.reason for x in found.parts[-1].lines] == ["KeyError: 'X'"]


def test_the_share_of_clean_rows_that_were_accused():
    came = [{"ROW": f"LB|{WHO}|S{n}|NEUT", "CAME": march(4)} for n in range(50)]
    known = [{"ROW": f"DM|{WHO}", "CAME": march(4)}]
    told = said(quarantine=[held(f"LB|{WHO}|S5|NEUT")])
    found = compare(truth(rows=came), told, PUBLISHED)
    assert [g.value for g in found.goals if g.name == "clean rows accused"] == [0.0]  # no DM
    found = compare(truth(rows=[*came[:49], *known]), told, PUBLISHED)
    assert [g.value for g in found.goals if g.name == "clean rows accused"] == [0.02]
    assert goals(found)["clean rows accused"] is True
    found = compare(truth(rows=[*came[:48], *known]), told, PUBLISHED)
    assert goals(found)["clean rows accused"] is False


def test_a_refused_day_is_no_crash_and_meets_no_goal():
    refused = [*PUBLISHED, Day(march(5), "refused", 1.0, "held")]
    found = compare(truth({"faults": "hostile"}), said(), refused)
    assert goals(found) == {"crashes": True, "days refused": False, "lost rows": True}
    part = found.parts[-1]
    assert part.tallies == (Tally("days", 2, 1, 1),)
    assert part.note.startswith("1.5 seconds a day.")


def test_who_publishes_nothing_misses_everything():
    true = truth({"faults": "none"}, rules=[true_rule()], alerts=[true_one("DLT", "H1")])
    silent = Published((), {}, driven=(march(4), march(5), march(6)))
    found = compare(true, silent, PUBLISHED)
    assert goals(found)["DLT recall"] is False
    assert goals(found)["DLT alerts missed"] is False
    assert not found.is_met


@pytest.mark.parametrize(
    ("goal", "met"),
    [
        (Goal("a", 0.95, ">=", 0.95), True), (Goal("a", 0.949, ">=", 0.95), False),
        (Goal("a", 0.02, "<=", 0.02), True), (Goal("a", 0.021, "<=", 0.02), False),
        (Goal("a", 0, "=", 0), True), (Goal("a", 1, "=", 0), False),
        (Goal("a", None, "=", 0), None),
    ],
)  # fmt: skip
def test_a_goal(goal, met):
    assert goal.met is met


def test_the_sum_of_tallies():
    parts = [Tally("a", 3, 2, 1, 4, (1, 2), 1), Tally("b", 2, 1, 0, 0, (3,), 0, 1)]
    assert total(parts) == Tally("all", 5, 3, 1, 4, (1, 2, 3), 1, 1)
    assert total(parts).recall == 0.6
    assert Tally("none").recall is None


def test_the_table_tells_goals_and_every_miss():
    true = truth(rules=[true_rule()])
    out = StringIO()
    show(compare(true, said(), PUBLISHED), Console(file=out, width=160))
    text = out.getvalue()
    assert "SIMULATED SIM-T1: seed 1, scenario at_target, faults realistic" in text
    assert "0.0 %" in text
    assert "not met" in text
    miss = f"missed: H1: {WHO}, rule H1, from 2024-03-05: toxwatch says nothing of it"
    assert miss in text
    assert "Goals are not met." in text


def test_a_long_list_of_false_ones_is_cut_but_not_that_of_misses():
    from safety.simulate.score.table import SHOWN, _show_part

    lines = [Line(kind, "x", "S", f"{kind} {n}", "") for kind in ("miss", "false")
             for n in range(SHOWN + 3)]  # fmt: skip
    out = StringIO()
    _show_part(Part("P", (Tally("x"),), tuple(lines)), Console(file=out, width=120))
    assert f"miss {SHOWN + 2}" in out.getvalue()
    assert f"false {SHOWN - 1}" in out.getvalue()
    assert f"false {SHOWN}" not in out.getvalue()
    assert "and 3 more false" in out.getvalue()


def write_truth(folder: Path, studyid: str) -> None:
    place = folder / "truth"
    place.mkdir(parents=True)
    trial = TRIAL | {"studyid": studyid, "faults": "none"}
    (place / "trial.json").write_text(json.dumps(trial), encoding="utf-8")
    for name, columns in COLUMNS.items():
        frame = pd.DataFrame(columns=columns.split())
        frame.to_csv(place / f"{name}.csv", index=False)


def test_a_folder_without_truth_says_what_is_missing(tmp_path):
    write_truth(tmp_path, "T1")
    assert read.truth(tmp_path).judged("judged_rules") == ["H1", "N1"]
    (tmp_path / "truth" / "values.csv").unlink()
    with pytest.raises(WrongUseError, match=r"no values\.csv"):
        read.truth(tmp_path)


@pytest.fixture(scope="module")
def two_days(tmp_path_factory):
    """A study run as of two days: neutropenia that becomes long enough on the second."""
    settings = delivery.trial_settings(tmp_path_factory.mktemp("home"))
    low = {"2024-02-28": "3.6", "2024-03-10": "0.3", "2024-03-14": "0.4"}
    for as_of, counts in (
        (date(2024, 3, 15), low),
        (date(2024, 3, 20), low | {"2024-03-18": "0.4", "2024-03-19": "1.2"}),
    ):
        rows = delivery.trial_rows(lb=delivery.counts_of(counts))
        delivery.write(settings.home, rows)
        now = datetime(2024, 3, as_of.day, 15, tzinfo=UTC)
        pipeline.run(settings, "t1", as_of, now=lambda now=now: now)
    return settings


def test_what_was_published_with_the_days_in_which_it_stood(two_days):
    found = read.published(two_days.db_url, "T1")
    assert found.days == ("2024-03-15", "2024-03-20")
    rules = [(r["STATE"], *r["SPAN"]) for r in found.rows("rule_result") if r["RULE"] == "H1"]
    assert rules == [
        ("not_evaluable", "2024-03-15", "2024-03-20"), ("met", "2024-03-20", "9999-12-31"),
    ]  # fmt: skip
    assert found.first_day("2024-03-16") == "2024-03-20"
    assert found.first_day("2024-03-21") is None
    alarms = {a["RULE"]: a["DAY"] for a in found.alerts}
    assert alarms["DLT"] == "2024-03-15"
    assert {f["DAY"] for f in found.files} == {"2024-03-15", "2024-03-20"}
    assert any(key.startswith("LB|") for key in found.records)


def test_nothing_was_published(tmp_path):
    assert read.published(f"sqlite:///{tmp_path}/none.db", "T1").days == ()


def test_the_command_prints_json_and_ends_with_its_verdict(two_days, tmp_path, capsys, monkeypatch):
    write_truth(tmp_path, "T1")
    monkeypatch.setattr(whole, "drive", lambda *_: [Day("2024-03-15", "published", 1.0)])
    with pytest.raises(typer.Exit) as ended:
        simulate_score.score(tmp_path, home=two_days.home, as_json=True)
    assert ended.value.exit_code == 1  # truth knows of no DLT: the one that was said is false
    told = json.loads(capsys.readouterr().out)
    met = {g["name"]: g["met"] for g in told["goals"]}
    assert met["false DLT candidates"] is False
    assert met["crashes"] is True
    assert told["goals_met"] is False


def test_a_wrong_grade_is_missed_and_false_and_told_once():
    from safety.simulate.score.table import _show_part

    lines = tuple(Line(kind, "Anemia", WHO, "grade 3", march(5), "x") for kind in ("miss", "false"))
    out = StringIO()
    _show_part(Part("P", (Tally("Anemia", 1, 0, 1, 1),), lines), Console(file=out, width=160))
    assert out.getvalue().count("grade 3") == 1
