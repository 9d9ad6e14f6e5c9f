"""Minutes: the same events are the same bytes; as a page nothing of them runs."""

from __future__ import annotations

from safety.meetings import minutes
from safety.meetings.minutes import Cut
from safety.signing.signature import Signature, _id, sha256_of
from tests.meetings.told import HELD, OPENED, PLANNED, conflict, form, meeting, there

BOUND = {"study": "T1", "snapshot_id": "s1", "as_of": "2024-04-01", "rule_set": "r",
         "code_version": "c", "result_hash": "h", "record_hash": "k"}  # fmt: skip
HEAD = {"title": "A study", "protocol": "3.0", "notice": "", "ctcae": "5.0"}
CUT = Cut(BOUND, HEAD, 2)
EVIL = '<script>alert("x")</script>'
WHOLE = [*HELD, ("note", {"text": "a\nb"}), conflict("b", "", 0),
         ("action", {"what": "ask the site", "who": "Dr B", "by": "2024-05-01"})]  # fmt: skip


def content(*events, cut=CUT):
    return minutes.content(meeting(*events), cut, [])


def signature(of) -> Signature:
    row = {"study": "T1", "object_type": "meeting", "object_id": "m1",
           "content_sha256": sha256_of(of), "meaning": "approve", "account_id": "aaaa",
           "printed_name": "Dr A", "method": "password", "auth_at": "2024-04-02T09:59:00+00:00",
           "at": "2024-04-02T10:00:00+00:00", "snapshot_id": "s1"}  # fmt: skip
    return Signature(signature_id=_id(row), **row)


def test_the_same_events_are_the_same_bytes() -> None:
    found = content(*WHOLE)
    assert sha256_of(found) == sha256_of(content(*WHOLE))
    assert sha256_of(found) == ("2bbb7d3e2e20298be73c4b6f431159e85c14c61e707b95569cf1f844b0cc3192")
    assert sha256_of(content(*WHOLE[:-1])) != sha256_of(found)


def test_they_tell_quorum_attendance_and_who_was_asked_about_conflicts() -> None:
    found = content(*WHOLE, there("c", present=False))
    assert found["quorum"] == {"needed": 2, "present": 2, "reached": True}
    assert [(w["username"], w["present"], w["conflict"]) for w in found["attendance"]] == [
        ("a", True, "not stated"), ("b", True, "none declared"), ("c", False, "not stated"),
    ]  # fmt: skip
    assert found["conflicts"] == []
    assert content(*WHOLE, cut=Cut(BOUND, HEAD, None))["quorum"]["reached"] is None


def test_they_tell_the_votes_and_who_did_not_vote() -> None:
    [told] = content(*WHOLE, there("c"), there("d"), conflict("d", item=1))["recommendations"]
    assert told["counts"] == {"for": 1, "against": 1, "abstain": 0}
    assert (told["not_voted"], told["recused"]) == (["c"], ["d"])
    assert told["about"] == "Dose of the next cohort"


def test_before_it_is_open_they_name_no_snapshot() -> None:
    found = content(*PLANNED, cut=None)
    assert (found["study"], found["snapshot_id"], found["quorum"]["reached"]) == ("T1", "", None)
    assert "DRAFT" in minutes.html(found, [])


def test_a_page_is_final_if_exactly_this_was_approved() -> None:
    found = content(*WHOLE)
    page = minutes.html(found, [signature(found)])
    assert '<p class="state">FINAL</p>' in page
    assert (sha256_of(found) in page, "Dr A</td><td>approve" in page) == (True, True)
    other = found | {"notes": []}
    page = minutes.html(other, [signature(found)])
    assert '<p class="state">DRAFT</p>' in page
    assert "VOID: this is not what was signed" in page


def test_a_page_tells_data_votes_deviation_and_actions() -> None:
    stay = form(option="stay", level="L1", deviates=True, deviation="a query is open")
    page = minutes.html(content(*WHOLE, stay), [])
    for text in ("2024-04-01", "s1", "stay L1", "escalate L2 (boin, ready): 0 of 3 with DLT",
                 "<td>YES</td>", "a query is open", "0 for, 0 against, 0 abstain",
                 "ask the site", "2 needed, 2 present: reached"):  # fmt: skip
        assert text in page, text


def test_a_page_escapes_what_people_wrote_and_runs_nothing() -> None:
    name = ("attendance", {"username": "e", "name": EVIL, "role": EVIL, "present": True})
    task = ("action", {"what": EVIL, "who": EVIL, "by": EVIL})
    events = [("plan", {"title": EVIL, "planned_on": "2024-04-02"}), ("agenda", {"text": EVIL}),
              *OPENED[2:], name, conflict("e", EVIL), form(rationale=EVIL, deviation=EVIL),
              ("note", {"text": EVIL}), task]  # fmt: skip
    page = minutes.html(content(*events, cut=Cut(BOUND, dict.fromkeys(HEAD, EVIL), 1)), [])
    assert "<script" not in page
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;" in page
    for foreign in ("http", "src=", "href="):
        assert foreign not in page
