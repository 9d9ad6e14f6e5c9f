"""The life of held rows and queries over snapshots and acts of people."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safety.worklist.life import ABSENT, LIVES, Change, Fact, Item, act, advance, allowed

OWNERS = {"held_row": "data engineering", "query": "site"}
DAYS = [("s1", "2024-04-01"), ("s2", "2024-04-02"), ("s3", "2024-04-03")]
ROW, QUERY = Fact("held_row", "LB|1#a", "S1", "f1"), Fact("query", "Q1", "S1", "f1")


def step(known, facts, day, causes=None) -> list[Change]:
    return advance(known, facts, DAYS[day], OWNERS, causes or {})


def item(fact: Fact, state: str, **changes) -> Item:
    """An item seen on the first day, now in a state."""
    [made] = step([], [fact], 0)
    return replace(made.item, state=state, **changes)


@pytest.mark.parametrize(("fact", "state", "owner"), [(ROW, "held", "data engineering"),
                                                      (QUERY, "open", "site")])  # fmt: skip
def test_a_new_item_is_held_or_open_and_has_an_owner(fact, state, owner) -> None:
    [change] = step([], [fact], 0)
    assert change.item == Item(
        fact.kind, fact.key, "S1", state, owner, "2024-04-01", "s1", "2024-04-01", "s1", 1, "f1", 1
    )
    assert (change.before, change.action, change.reason) == ("", "open", "found by the checks")


def test_what_is_still_there_is_counted_once_a_snapshot() -> None:
    known = [item(ROW, "asked"), item(QUERY, "sent")]
    changes = step(known, [ROW, QUERY], 1)
    assert [(c.item.times_seen, c.item.last_as_of, c.item.state, c.action) for c in changes] == [
        (2, "2024-04-02", "asked", ""), (2, "2024-04-02", "sent", ""),
    ]  # fmt: skip
    assert [c.item.first_as_of for c in changes] == ["2024-04-01"] * 2
    assert step([c.item for c in changes], [ROW, QUERY], 1) == []


@pytest.mark.parametrize(
    ("fact", "state", "after", "tells"),
    [
        (ROW, "held", "gone", True), (ROW, "asked", "gone", True), (ROW, "released", "gone", True),
        (ROW, "expired", "gone", True), (QUERY, "open", "closed", True),
        (QUERY, "sent", "closed", True), (QUERY, "answered", "closed", True),
        (QUERY, "reopened", "closed", True), (QUERY, "closed", "closed", False),
    ],
)  # fmt: skip
def test_an_item_without_a_cause_ends_by_itself(fact, state, after, tells) -> None:
    [change] = step([item(fact, state)], [], 1, {fact.key: "the subject arrived"})
    assert (change.item.state, change.item.fingerprint) == (after, ABSENT)
    assert (change.item.times_seen, change.item.last_as_of) == (1, "2024-04-01")
    assert (change.action, change.reason) == (
        ("settle", "the subject arrived") if tells else ("", "")
    )
    assert step([change.item], [], 2) == []


@pytest.mark.parametrize(
    ("fact", "state", "after"),
    [
        (ROW, "released", "released"), (ROW, "expired", "expired"), (QUERY, "answered", "answered"),
        (QUERY, "closed", "closed"),
    ],
)  # fmt: skip
def test_what_is_settled_stays_so_while_it_is_the_same(fact, state, after) -> None:
    [change] = step([item(fact, state)], [fact], 1)
    assert (change.item.state, change.action, change.item.revision) == (after, "", 1)


@pytest.mark.parametrize(
    ("fact", "state", "after"),
    [
        (ROW, "released", "held"), (ROW, "expired", "held"), (QUERY, "answered", "reopened"),
        (QUERY, "closed", "reopened"),
    ],
)  # fmt: skip
def test_what_is_settled_comes_back_if_it_says_something_else(fact, state, after) -> None:
    [change] = step([item(fact, state)], [replace(fact, fingerprint="f2")], 1)
    assert (change.before, change.item.state) == (state, after)
    assert (change.action, change.reason) == ("return", "what it says has changed")


@pytest.mark.parametrize(("fact", "state"), [(ROW, "asked"), (QUERY, "open"), (QUERY, "sent")])
def test_what_is_not_settled_stays_where_it_is_with_its_new_content(fact, state) -> None:
    [change] = step([item(fact, state)], [replace(fact, fingerprint="f2")], 1)
    assert (change.item.state, change.item.fingerprint, change.item.revision) == (state, "f2", 2)
    assert change.action == ""


@pytest.mark.parametrize(("fact", "after"), [(ROW, "held"), (QUERY, "reopened")])
def test_what_ended_by_itself_comes_back_with_the_same_content(fact, after) -> None:
    [gone] = step([item(fact, LIVES[fact.kind].first)], [], 1)
    [back] = step([gone.item], [fact], 2)
    assert (back.item.state, back.reason, back.item.times_seen) == (after, "it came back", 2)
    assert back.item.first_as_of == "2024-04-01"


def test_a_release_that_lets_the_row_in_no_more_is_told() -> None:
    [change] = step([item(ROW, "released")], [replace(ROW, refused="other rows look the same")], 1)
    assert (change.item.state, change.reason) == ("held", "other rows look the same")


@pytest.mark.parametrize(
    ("fact", "state", "may"),
    [
        (ROW, "held", ["ask", "release", "expire"]), (ROW, "asked", ["release", "expire"]),
        (ROW, "released", ["withdraw"]), (ROW, "expired", ["release"]), (ROW, "gone", []),
        (QUERY, "open", ["send", "close"]), (QUERY, "sent", ["answer", "close", "reopen"]),
        (QUERY, "answered", ["close", "reopen"]), (QUERY, "closed", ["reopen"]),
        (QUERY, "reopened", ["send", "close"]),
    ],
)  # fmt: skip
def test_what_a_person_may_do_in_each_state(fact, state, may) -> None:
    one = item(fact, state)
    assert allowed(one) == may
    for name, done in LIVES[fact.kind].acts.items():
        after = act(one, name)
        assert (after is not None) == (name in may)
        if after is not None:
            assert (after.state, after.revision) == (done.after, 2)


SNAPSHOT = st.dictionaries(
    st.tuples(st.sampled_from(["held_row", "query"]), st.sampled_from("abc")),
    st.tuples(st.sampled_from(["f1", "f2"]), st.sampled_from(["", "refused"])),
)
ACTS = st.lists(st.sampled_from(sorted({n for life in LIVES.values() for n in life.acts})))


@pytest.mark.property
@given(days=st.lists(st.tuples(SNAPSHOT, ACTS), max_size=6))
def test_over_any_days_and_acts_every_item_is_known_and_its_state_agrees(days) -> None:
    known: dict[tuple[str, str], Item] = {}
    ever: dict[tuple[str, str], int] = {}
    for number, (told, acts) in enumerate(days):
        facts = [Fact(kind, key, "S1", *said) for (kind, key), said in told.items()]
        snapshot = (f"s{number}", f"2024-04-{number + 1:02}")
        for change in advance(known.values(), facts, snapshot, OWNERS, {}):
            known[change.item.kind, change.item.key] = change.item
        for place in told:
            ever[place] = ever.get(place, 0) + 1
        assert advance(known.values(), facts, snapshot, OWNERS, {}) == []
        assert {place: i.times_seen for place, i in known.items()} == ever
        for place, one in known.items():
            assert (one.fingerprint == ABSENT) == (place not in told)
            assert (one.state == "gone") <= (place not in told)
            assert one.first_as_of <= one.last_as_of <= snapshot[1]
        for place, one in known.items():
            for name in acts:
                if name in LIVES[one.kind].acts:
                    known[place] = act(known[place], name) or known[place]
        assert advance(known.values(), facts, snapshot, OWNERS, {}) == []
