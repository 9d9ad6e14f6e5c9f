"""What snapshots open, move and note; an open report is never due later than it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safety.reporting import life
from safety.reporting.events import events
from safety.reporting.judge import judge, owed
from safety.reporting.kinds import clocks
from safety.reporting.obligation import OPEN
from tests import build
from tests.reporting.cases import Book, cut, frame, serious, study

SAE = ("open", "2024-03-07T10:00:00+00:00")
LT = {"AESLIFE": "Y"}


def _actions(changes) -> dict[str, str]:
    return {c.now.kind: c.action for c in changes}


@pytest.fixture
def book() -> Book:
    """One related serious event, known on 6 March."""
    book = Book()
    book.publish("2024-03-06", serious())
    return book


def test_a_serious_event_opens_its_reports(book) -> None:
    assert book.owed() == {"sae": SAE, "susar_15d": ("open", "2024-03-21T15:59:00+00:00")}
    (report,) = [o for o in book.known.values() if o.kind == "susar_15d"]
    assert (report.event, report.aware_on, report.revision) == (
        "Nausea|2024-03-05",
        "2024-03-06",
        1,
    )


def test_an_event_that_is_not_serious_opens_none() -> None:
    assert Book().publish("2024-03-06", build.event(grade="4")) == []


def test_the_same_again_changes_nothing(book) -> None:
    assert book.publish("2024-03-06", serious()) == []
    assert book.publish("2024-03-20", serious()) == []


def test_an_upgrade_puts_7_days_in_the_place_of_15(book) -> None:
    changes = book.publish("2024-03-08", serious(**LT))
    assert _actions(changes) == {
        "followup_8d": "open", "susar_7d": "open", "sae": "inform", "susar_15d": "replace",
    }  # fmt: skip
    assert book.owed() == {
        "sae": SAE, "susar_15d": ("replaced", "2024-03-21T15:59:00+00:00"),
        "susar_7d": ("open", "2024-03-15T15:59:00+00:00"),
        "followup_8d": ("open", "2024-03-23T15:59:00+00:00"),
    }  # fmt: skip


def test_an_upgrade_does_not_put_off_what_was_due_before(book) -> None:
    book.publish("2024-03-18", serious(AESDTH="Y"))
    assert book.owed()["susar_7d"] == ("open", "2024-03-21T15:59:00+00:00")


def test_what_was_sent_is_owed_again_when_it_becomes_fatal() -> None:
    book = Book()
    book.publish("2024-03-06", serious(**LT))
    for kind in ("sae", "susar_7d"):
        book.act(kind, state="submitted", warned=80)
    changes = book.publish("2024-03-12", serious(**LT, AEOUT="FATAL"))
    assert _actions(changes) == {"sae": "reopen", "susar_7d": "reopen", "followup_8d": "inform"}
    assert {c.now.warned for c in changes} == {0}
    assert book.owed() == {
        "sae": ("open", "2024-03-13T10:00:00+00:00"),
        "susar_7d": ("open", "2024-03-19T15:59:00+00:00"),
        "followup_8d": ("open", "2024-03-21T15:59:00+00:00"),
    }


def test_a_report_of_15_days_that_was_sent_stays_sent_on_an_upgrade(book) -> None:
    book.act("susar_15d", state="submitted")
    changes = book.publish("2024-03-18", serious(**LT))
    assert _actions(changes)["susar_15d"] == "inform"
    assert book.owed()["susar_15d"][0] == "submitted"
    assert book.owed()["susar_7d"] == ("open", "2024-03-25T15:59:00+00:00")


@pytest.mark.parametrize(
    ("row", "note"),
    [
        (serious(AESER="N", AESHOSP=None), "not serious, suspected Y"),
        (serious(AEREL="NONE"), "serious, suspected N"),
    ],
)
def test_a_downgrade_is_noted_and_takes_nothing_away(book, row, note) -> None:
    before = book.owed()
    changes = book.publish("2024-03-08", row)
    assert {k: v for k, v in book.owed().items() if k != "followup_15d"} == before
    (of_15,) = [c for c in changes if c.now.kind == "susar_15d"]
    assert of_15.action == "downgrade"
    assert of_15.reason == f"the data say less now ({note}); it is owed until it is settled"
    assert book.owed()["followup_15d"] == ("open", "2024-03-23T15:59:00+00:00")


def test_no_longer_life_threatening_keeps_7_days() -> None:
    book = Book()
    book.publish("2024-03-06", serious(**LT))
    book.publish("2024-03-07", serious())
    assert book.owed()["susar_7d"] == ("open", "2024-03-13T15:59:00+00:00")
    assert "susar_15d" not in book.owed()


def test_an_event_that_is_gone_stays_owed_and_is_noted_once(book) -> None:
    before = book.owed()
    changes = book.publish("2024-03-08")
    assert {(c.action, c.now.state) for c in changes} == {("clear", "open")}
    assert changes[0].reason.startswith("cleared by data change")
    assert book.owed() == before
    assert book.publish("2024-03-09") == []
    assert set(_actions(book.publish("2024-03-10", serious())).values()) == {"return"}
    assert book.owed() == before


def test_news_of_a_suspected_event_starts_15_days_from_its_receipt(book) -> None:
    book.act("susar_15d", state="submitted")
    changes = book.publish("2024-03-20", serious(AEOUT="NOT RECOVERED/NOT RESOLVED"))
    (news,) = [c for c in changes if c.now.kind == "followup_15d"]
    assert (news.action, news.reason) == ("open", "new information: AEOUT")
    assert book.owed()["followup_15d"] == ("open", "2024-04-04T15:59:00+00:00")
    again = book.publish("2024-03-25", serious(AEOUT="RECOVERED/RESOLVED"))
    assert _actions(again)["followup_15d"] == "inform"  # still due when it was
    assert book.owed()["followup_15d"] == ("open", "2024-04-04T15:59:00+00:00")
    book.act("followup_15d", state="submitted")
    book.publish("2024-03-28", serious(AEACN="DRUG WITHDRAWN"))
    assert book.owed()["followup_15d"] == ("open", "2024-04-12T15:59:00+00:00")


@pytest.mark.parametrize("changes", [{"AETERM": "Sick"}, {"AEBODSYS": "other"}])
def test_how_a_site_words_it_is_no_news(book, changes) -> None:
    assert book.publish("2024-03-08", serious(**changes)) == []


def test_news_of_what_nobody_suspects_starts_no_clock() -> None:
    book = Book()
    book.publish("2024-03-06", serious(AEREL="NONE"))
    book.publish("2024-03-08", serious(AEREL="NONE", AEACN="DRUG WITHDRAWN"))
    assert book.owed() == {"sae": SAE}


def test_another_number_is_the_same_event(book) -> None:
    before = book.owed()
    changes = book.publish("2024-03-08", serious("7"))
    assert set(_actions(changes).values()) == {"renumber"}
    assert book.owed() == before


@pytest.mark.parametrize("change", [{"AESTDTC": "2024-03-04"}, {"AEDECOD": "Vomiting"}])
def test_a_corrected_term_or_onset_is_the_same_event(book, change) -> None:
    due = book.owed()["susar_15d"]
    book.publish("2024-03-08", serious(**change))
    assert set(book.owed()) == {"sae", "susar_15d", "followup_15d"}
    assert book.owed()["susar_15d"] == due
    assert len(book.known) == 3


def test_another_term_and_onset_under_its_number_is_another_event(book) -> None:
    changes = book.publish("2024-03-08", serious(AEDECOD="Vomiting", AESTDTC="2024-03-07"))
    assert sorted((c.action, c.now.event) for c in changes) == [
        ("clear", "Nausea|2024-03-05"), ("clear", "Nausea|2024-03-05"),
        ("open", "Vomiting|2024-03-07"), ("open", "Vomiting|2024-03-07"),
    ]  # fmt: skip


def test_two_events_of_one_term_and_day_are_two() -> None:
    book = Book()
    book.publish("2024-03-06", serious("1"), serious("2"))
    assert sorted({o.event for o in book.known.values()}) == [
        "Nausea|2024-03-05", "Nausea|2024-03-05|2",
    ]  # fmt: skip
    changes = book.publish("2024-03-07", serious("2"))
    cleared = {c.now.event for c in changes if c.action == "clear"}
    assert cleared == {"Nausea|2024-03-05"}  # the first; the second one keeps its own


def test_what_a_person_settled_stays_so_until_there_is_a_new_reason(book) -> None:
    book.act("susar_15d", state="not_required")
    assert "susar_15d" not in _actions(
        [c for c in book.publish("2024-03-08", serious(AEACN="DRUG WITHDRAWN"))
         if c.action != "inform"]
    )  # fmt: skip
    book.publish("2024-03-09", serious(AEREL="NONE"))
    changes = book.publish("2024-03-10", serious(AEREL="POSSIBLE"))
    assert _actions(changes)["susar_15d"] == "reopen"
    assert book.owed()["susar_15d"] == ("open", "2024-03-25T15:59:00+00:00")


def test_missing_attribution_and_unknown_seriousness_run_and_are_told() -> None:
    book = Book()
    changes = book.publish("2024-03-06", serious(AESER=None, AEREL=None))
    assert set(_actions(changes)) == {"sae", "susar_15d"}
    assert changes[0].reason == (
        "serious adverse event: serious; seriousness not told, but hospitalisation; "
        "attribution not told: taken as suspected"
    )


def test_15_days_come_back_when_7_are_not_required() -> None:
    book = Book()
    book.publish("2024-03-06", serious(**LT))
    own = {o.kind: o for o in book.known.values()}
    (made,) = life.reinstated(own, study(), cut("2024-03-09", 2))
    assert (made.action, made.now.kind, made.now.due_at) == (
        "open", "susar_15d", "2024-03-21T15:59:00+00:00",
    )  # fmt: skip
    assert list(life.reinstated({**own, "susar_15d": made.now}, study(), cut("2024-03-10"))) == []


BASE = frame(serious())
STATES = st.fixed_dictionaries({
    "AESER": st.sampled_from(["Y", "N", None]), "AESDTH": st.sampled_from(["Y", None]),
    "AESLIFE": st.sampled_from(["Y", None]), "AESHOSP": st.sampled_from(["Y", None]),
    "REL": st.sampled_from(["Y", "N", ""]), "KEY": st.sampled_from(["AE|S1|1", "AE|S1|2"]),
    "STDTC": st.sampled_from(["2024-03-05", "2024-03-04"]),
})  # fmt: skip


@pytest.mark.property
@given(st.lists(st.one_of(st.none(), STATES), min_size=1, max_size=6))
def test_nothing_owed_is_lost_or_put_off_and_twice_is_once(days) -> None:
    book = Book()
    for number, state in enumerate(days):
        before = {o.obligation_id: o for o in book.known.values() if o.state == OPEN}
        told = [] if state is None else events(BASE.assign(**state))
        day = f"2024-03-{number + 6:02}"
        book.advance(day, told)
        for key, old in before.items():
            now = book.known[key]
            assert now.due_at <= old.due_at
            assert now.state == OPEN or _is_taken_over(book, now)
        for event in told:
            wanted = owed(event.term, judge(event, book.study), {}, clocks(book.study))
            assert wanted <= _running(book, event.episode)
        assert book.advance(day, told) == []


def _running(book: Book, episode: str) -> set[str]:
    """The kinds that are open for an event; a report of 7 days is one of 15 as well."""
    own = [o for o in book.known.values() if o.said["episode"] == episode]
    open_ = {o.kind for o in own if o.state == OPEN}
    return open_ | ({"susar_15d"} if "susar_7d" in open_ else set())


def _is_taken_over(book: Book, old) -> bool:
    """Whether a report of 7 days that is due no later took its place."""
    seven = [o for o in book.known.values() if (o.event, o.kind) == (old.event, "susar_7d")]
    return old.state == "replaced" and seven[0].due_at <= old.due_at and seven[0].state == OPEN
