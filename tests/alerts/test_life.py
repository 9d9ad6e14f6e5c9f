"""The life of an alert: what each new fact changes, and what holds whatever comes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safety.alerts import life
from safety.alerts.fact import AlertFact
from safety.alerts.life import Source, advance
from safety.alerts.states import URGENT, Alert, Change

AT = "2026-11-24T08:00:00+00:00"
RASH = AlertFact("S1", "DLT", "R1|3|RASH", "P1", 3, True, "P1 T1 S1: DLT rash", "DLT rash\nRule R1")
LOUD = {"raise", "worsen", "lower", "clear", "return"}


def source(number: int = 1, owns: frozenset[str] | None = None) -> Source:
    return Source("T1", f"snap{number}", AT, owns)


def raised(fact: AlertFact = RASH, **columns: object) -> Alert:
    [change] = advance([], [fact], source())
    return replace(change.alert, **columns)


def one(alert: Alert, *facts: AlertFact) -> Change:
    [change] = advance([alert], facts, source(2))
    return change


def test_a_new_fact_raises_an_alert():
    [change] = advance([], [RASH], source())
    assert change == Change(
        Alert(
            RASH.alert_id("T1"), "T1", "S1", "DLT", "R1|3|RASH", "P1", 3, 1, "P1 T1 S1: DLT rash",
            "DLT rash\nRule R1", "open", "holds", 1, "snap1", "snap1", AT, AT,
        ),
        None, "raise", "a rule is met", "P1",
    )  # fmt: skip


def test_the_same_fact_changes_nothing():
    assert advance([raised()], [RASH], source(2)) == []


def test_what_is_over_is_never_told_anew():
    assert advance([], [replace(RASH, over=True)], source()) == []


def test_of_two_facts_of_one_alert_the_worse_counts():
    [change] = advance([], [RASH, replace(RASH, level=4), replace(RASH, level=5, over=True)],
                       source())  # fmt: skip
    assert change.alert.level == 4


@pytest.mark.parametrize("state", ["open", "acknowledged", "in_review", "resolved", "suppressed"])
@pytest.mark.parametrize(
    ("known", "fact"),
    [
        ({"level": 3}, {"level": 4}),
        ({"verified": 0}, {"level": 3}),
        ({"verified": 0, "level": 4}, {"level": 3}),  # certain where it was not
        ({"tier": "P2"}, {"tier": "P1"}),
    ],
)
def test_what_gets_worse_is_open_and_told_again(known, fact, state):
    kept = {"outcome": "confirmed", "suppressed_until": "2027", "step": 2, "due_at": "2026"}
    change = one(raised(state=state, **kept, **known), replace(RASH, **fact))
    now = change.alert
    assert (change.action, change.told, now.state, now.revision) == ("worsen", "P1", "open", 2)
    assert (now.outcome, now.suppressed_until, now.step, now.due_at) == ("", "", 0, "")
    assert (now.last_snapshot, now.first_snapshot) == ("snap2", "snap1")


@pytest.mark.parametrize(
    "fact", [{"level": 2}, {"verified": False}, {"tier": "P2"}, {"tier": "P2", "level": 2}]
)
@pytest.mark.parametrize("state", ["open", "acknowledged", "in_review", "resolved"])
def test_what_gets_less_severe_is_told_as_loudly(fact, state):
    change = one(raised(state=state), replace(RASH, **fact))
    assert (change.action, change.told) == ("lower", "P1")
    assert (change.alert.state, change.alert.revision) == ("open", 2)
    assert change.alert.tier == fact.get("tier", "P1")


def test_an_urgent_alert_never_sinks_below_p2():
    routine = replace(RASH, tier="P3")
    change = one(raised(tier="P2"), replace(routine, level=2))
    assert (change.alert.tier, change.told) == ("P2", "P2")
    assert advance([change.alert], [replace(routine, level=2)], source(3)) == []
    assert one(change.alert).alert.state == "open"  # cleared, and not by itself resolved


def test_a_routine_alert_that_gets_less_severe_tells_nobody():
    routine = replace(RASH, tier="P3")
    change = one(raised(routine, state="acknowledged"), replace(routine, level=2))
    assert (change.action, change.told, change.alert.level) == ("update", "", 2)
    assert (change.alert.state, change.alert.revision) == ("acknowledged", 1)


def test_other_words_are_an_update_that_tells_nobody():
    change = one(raised(state="acknowledged"), replace(RASH, body="DLT rash\nRule R1\nmore"))
    assert (change.action, change.told, change.alert.body) == (
        "update", "", "DLT rash\nRule R1\nmore",
    )  # fmt: skip
    assert (change.alert.state, change.alert.revision, change.alert.told_at) == (
        "acknowledged", 1, AT,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "news"),
    [
        ("R1\n2024-03-08 NEUT 0.4 [2024-03-12/lb.csv row 31]\nSource 2024-03-12/lb.csv row 31", []),
        ("R1\n2024-03-08 NEUT 0.3 [2024-03-11/lb.csv row 30]\nSource 2024-03-11/lb.csv row 30",
         ["update"]),
        ("R1\n2024-03-08 NEUT 0.4 [again]\nSource 2024-03-12/lb.csv row 31", ["update"]),
    ],
)  # fmt: skip
def test_a_record_that_only_moved_is_no_news(body, news):
    said = "R1\n2024-03-08 NEUT 0.4 [2024-03-11/lb.csv row 30]\nSource 2024-03-11/lb.csv row 30"
    alert = raised(replace(RASH, body=said))
    found = advance([alert], [replace(RASH, body=body)], source(2))
    assert [change.action for change in found] == news


@pytest.mark.parametrize("state", ["open", "acknowledged", "in_review", "resolved"])
def test_a_condition_that_new_data_remove_is_as_loud_as_a_new_one(state):
    change = one(raised(state=state))
    assert (change.action, change.told, change.alert.condition) == ("clear", "P1", "cleared")
    assert (change.alert.state, change.alert.revision) == ("open", 2)
    assert change.alert.title == "P1 [cleared] T1 S1: DLT rash"
    assert change.alert.body.split("\n") == [
        "Cleared by a change of the data: DLT rash",
        "The newest data of snapshot snap2 do not support it any more.",
        "",
        "It said:",
        "DLT rash",
        "Rule R1",
    ]
    assert advance([change.alert], [], source(3)) == []


def test_an_onset_that_moved_names_the_alert_that_tells_of_it_now():
    moved = replace(RASH, episode="R1|4|RASH")
    new, gone = advance([raised()], [moved], source(2))
    assert (new.action, gone.action) == ("raise", "clear")
    assert f"Now told as {new.alert.alert_id}" in gone.alert.body.split("\n")


def test_an_alert_of_another_subject_is_not_named_instead():
    _, gone = advance([raised()], [replace(RASH, usubjid="S2")], source(2))
    assert "Now told as" not in gone.alert.body


def test_what_comes_back_is_told_again():
    gone = one(raised()).alert
    change = one(replace(gone, state="resolved"), RASH)
    assert (change.action, change.told, change.alert.state) == ("return", "P1", "open")
    assert (change.alert.condition, change.alert.revision) == ("holds", 3)
    assert change.alert.title == "P1 T1 S1: DLT rash"


@pytest.mark.parametrize("state", ["open", "acknowledged"])
def test_a_routine_condition_that_is_gone_is_resolved_by_the_machine(state):
    change = one(raised(replace(RASH, tier="P3"), state=state))
    assert (change.action, change.told, change.alert.condition) == ("clear", "", "cleared")
    assert (change.alert.state, change.alert.outcome) == ("resolved", "condition_gone")


def test_what_a_person_resolved_keeps_its_outcome_when_its_condition_goes():
    change = one(raised(replace(RASH, tier="P4"), state="resolved", outcome="duplicate"))
    assert (change.alert.state, change.alert.outcome) == ("resolved", "duplicate")


@pytest.mark.parametrize("state", ["open", "acknowledged", "suppressed"])
def test_a_time_that_passed_tells_nobody_and_still_wants_an_answer(state):
    change = one(raised(state=state, due_at="2026"), replace(RASH, over=True))
    assert (change.action, change.told, change.alert.condition) == ("over", "", "over")
    assert (change.alert.state, change.alert.due_at, change.alert.revision) == (state, "2026", 1)
    assert advance([change.alert], [replace(RASH, over=True)], source(3)) == []
    assert one(change.alert, RASH).action == "return"


@pytest.mark.parametrize("rule", ["HOLD", "QUESTION", "DLT"])
def test_what_a_correction_removes_after_its_time_is_told_once(rule):
    fact = replace(RASH, rule=rule, tier="P2")
    over = one(raised(fact), replace(fact, over=True)).alert
    change = one(over)
    assert (change.action, change.told, change.alert.condition) == ("clear", "P2", "cleared")
    assert (change.alert.state, change.alert.title) == ("open", "P1 [cleared] T1 S1: DLT rash")
    assert advance([change.alert], [], source(3)) == []
    # there again, and still over: nobody acts on it
    assert one(change.alert, replace(fact, over=True)).told == ""


def test_a_sample_whose_last_day_passed_and_that_is_gone_is_no_news():
    sample = replace(RASH, rule="SAMPLE", tier="P2")
    over = one(raised(sample), replace(sample, over=True)).alert
    assert advance([over], [], source(3)) == []


def pause(*who: str) -> AlertFact:
    body = f"Enrolment pause STOP\nRule: any H1\nSubjects: {', '.join(who)}"
    return AlertFact("", "PAUSE", "k", "P1", len(who), True, "P1 T1: Enrolment pause STOP", body)


@pytest.mark.parametrize(
    ("now", "action"),
    [
        (("B", "C"), "worsen"),  # as many as before
        (("C",), "worsen"),  # fewer, and another one
        (("A", "B", "C"), "worsen"),
        (("A", "C", "D"), "worsen"),
        (("A",), "lower"),
    ],
)
def test_a_pause_is_told_of_every_new_subject(now, action):
    change = one(raised(pause("A", "B")), pause(*now))
    assert (change.action, change.told, change.alert.level) == (action, "P1", len(now))
    assert advance([change.alert], [pause(*now)], source(3)) == []


def test_only_of_a_pause_another_subject_is_worse():
    known = raised(replace(pause("A"), rule="LIST", tier="P4"))
    assert one(known, replace(pause("B"), rule="LIST", tier="P4")).action == "update"


def test_a_sample_that_came_is_no_withdrawal():
    sample = replace(RASH, rule="SAMPLE", tier="P2")
    change = one(raised(sample))
    assert (change.action, change.told, change.alert.condition) == ("over", "", "over")
    assert change.reason == (
        "the record that it asked for has come, or the rule is decided without it"
    )
    assert change.alert.body == "DLT rash\nRule R1"


@pytest.mark.parametrize(
    ("tier", "fact", "action", "told"),
    [
        ("P2", replace(RASH, tier="P2", level=2), "lower", ""),
        ("P2", None, "clear", ""),
        ("P1", None, "clear", "P1"),
        ("P2", replace(RASH, tier="P2", level=4), "worsen", "P2"),
        ("P2", replace(RASH, tier="P2", body="x"), "update", ""),
    ],
)
def test_what_is_suppressed_speaks_only_of_what_is_worse(tier, fact, action, told):
    known = raised(tier=tier, state="suppressed", suppressed_until="2027")
    change = one(known, *([fact] if fact else []))
    assert (change.action, change.told) == (action, told)
    wanted = ("open", "") if told else ("suppressed", "2027")
    assert (change.alert.state, change.alert.suppressed_until) == wanted


@pytest.mark.parametrize(
    ("rule", "owns", "gone"),
    [
        ("DLT", None, True),
        ("RUN", None, False),
        ("WATCHDOG", None, False),
        ("OUTBOX", None, False),
        ("RUN", frozenset({"RUN"}), True),
        ("DLT", frozenset({"RUN"}), False),
    ],
)
def test_only_who_says_all_of_a_rule_clears_it(rule, owns, gone):
    known = raised(replace(RASH, rule=rule))
    assert bool(advance([known], [], source(2, owns))) is gone


# Whatever comes: snapshots are any sets of facts about two subjects, two rules and two episodes.

facts = st.builds(
    lambda who, rule, episode, tier, level, certain, over, body: AlertFact(
        who, rule, episode, tier, level, certain, f"{tier} T1 {who}: {rule}", body, over
    ),
    st.sampled_from(["S1", "S2"]), st.sampled_from(["DLT", "SAMPLE"]), st.sampled_from("ab"),
    st.sampled_from(["P1", "P2", "P3", "P4"]), st.integers(0, 5), st.booleans(), st.booleans(),
    st.sampled_from(["told", "told otherwise"]),
)  # fmt: skip
snapshots = st.lists(st.lists(facts, max_size=5, unique_by=lambda f: f.alert_id("T1")), max_size=6)
states = st.sampled_from(["open", "acknowledged", "in_review", "resolved", "suppressed"])


def apply(known: dict[str, Alert], changes: list[Change]) -> dict[str, Alert]:
    return known | {c.alert.alert_id: c.alert for c in changes}


def run(history: list[list[AlertFact]], picked: st.DataObject | None = None):
    """Yield known alerts, changes and facts of each snapshot; people act in between."""
    known: dict[str, Alert] = {}
    for number, now in enumerate(history):
        if picked is not None:
            acted = {i: picked.draw(states) for i in known}
            known = {i: replace(a, state=acted[i]) for i, a in known.items()}
        changes = advance(known.values(), now, source(number))
        yield known, changes, now
        known = apply(known, changes)


@given(snapshots, st.data())
def test_a_run_twice_adds_nothing(history, data):
    for known, changes, now in run(history, data):
        assert advance(apply(known, changes).values(), now, source(9)) == []


@given(snapshots, st.data())
def test_no_alert_is_changed_twice_at_a_time_and_revisions_only_rise(history, data):
    for known, changes, _ in run(history, data):
        ids = [c.alert.alert_id for c in changes]
        assert len(ids) == len(set(ids))
        for change in changes:
            before = known.get(change.alert.alert_id)
            assert change.before == before
            least = before.revision if before else 1
            assert change.alert.revision >= least + bool(before and change.told)


@given(snapshots, st.data())
def test_what_holds_is_what_the_newest_facts_say(history, data):
    for known, changes, now in run(history, data):
        held = {i for i, a in apply(known, changes).items() if a.condition == "holds"}
        assert held == {f.alert_id("T1") for f in now if not f.over}


@given(snapshots, st.permutations(range(6)))
def test_the_way_to_the_final_facts_does_not_matter(history, order):
    if not history:
        return
    *before, final = history
    shuffled = [before[i] for i in order if i < len(before)]
    ends = []
    for way in (history, [*shuffled, final]):
        known: dict[str, Alert] = {}
        for _, changes, _ in run(way):
            known = apply(known, changes)
        ends.append({i for i, a in known.items() if a.condition == "holds"})
    assert ends[0] == ends[1]


@given(snapshots, st.data())
def test_an_urgent_alert_never_changes_or_ends_in_silence(history, data):
    for _, changes, _ in run(history, data):
        for change in changes:
            now, before = change.alert, change.before
            urgent = now.tier in URGENT or (before is not None and before.tier in URGENT)
            suppressed = before is not None and before.state == "suppressed"
            if urgent and change.action in LOUD and not suppressed:
                assert change.told in URGENT
                assert change.told <= min(now.tier, before.tier if before else now.tier)
                assert now.state == "open"
            if before is not None and before.tier in URGENT:
                assert now.tier in URGENT
                assert now.state in {before.state, "open"}  # no machine answers it
                if before.condition == "holds" and now.condition == "cleared":
                    assert change.action == "clear"
            if change.action == "over" and before is not None:
                assert now.rule in life.NATURAL_ENDS or now.alert_id in {
                    f.alert_id("T1") for day in history for f in day if f.over
                }
