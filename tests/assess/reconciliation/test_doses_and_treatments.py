"""Actions of events beside doses, and treatments beside events."""

from __future__ import annotations

from datetime import date

import pytest

from tests.assess.reconciliation.course import ae, compared
from tests.trial import given, medication, supplement

EVENT = ("1", "3", "2024-03-10", "2024-03-14", "Fatigue")


def alpha(first: str, last: str, seq: str, dose: str = "100", occur: str = "Y") -> dict:
    return given(first, last, ECSEQ=seq, ECDOSE=dose, ECOCCUR=occur)


WITHOUT_BREAK = (alpha("2024-03-01", "2024-04-20", "1"),)
PAUSED = (alpha("2024-03-01", "2024-03-11", "1"), alpha("2024-03-14", "2024-04-20", "2"))
NOT_TAKEN = (
    alpha("2024-03-01", "2024-03-11", "1"),
    alpha("2024-03-12", "2024-03-12", "2", occur="N"),
    alpha("2024-03-13", "2024-04-20", "3"),
)
SHORT = (alpha("2024-03-01", "2024-03-18", "1"),)  # nothing is known of the days after it
ALIKE = "told to be interrupted: alpha, but its doses have no break"


@pytest.mark.parametrize(
    ("doses", "expected"),
    [
        (WITHOUT_BREAK, {"AE|S1|1": ALIKE}),
        (PAUSED, {"AE|S1|1": ""}),
        (NOT_TAKEN, {"AE|S1|1": ""}),
        (SHORT, {}),
        ((), {}),
    ],
)
def test_an_interruption_can_be_seen(doses: tuple[dict, ...], expected: dict) -> None:
    events = [ae(*EVENT, AEACN="DRUG INTERRUPTED")]
    assert compared([], events, "NOTDONE", doses=doses) == expected


def test_days_are_left_to_the_site() -> None:
    events = [ae(*EVENT, AEACN="DRUG INTERRUPTED")]
    assert compared([], events, "NOTDONE", date(2024, 3, 28), doses=WITHOUT_BREAK) == {}
    found = compared([], events, "NOTDONE", date(2024, 3, 29), doses=WITHOUT_BREAK)
    assert found == {"AE|S1|1": ALIKE}


def test_an_interruption_may_last_as_long_as_a_partial_end_allows() -> None:
    doses = (alpha("2024-03-01", "2024-03-26", "1"), alpha("2024-03-29", "2024-04-20", "2"))
    partial = [ae("1", "3", "2024-03-10", "2024-03", "Fatigue", AEACN="DRUG INTERRUPTED")]
    assert compared([], partial, "NOTDONE", doses=doses) == {"AE|S1|1": ""}
    ended = [ae(*EVENT, AEACN="DRUG INTERRUPTED")]
    assert compared([], ended, "NOTDONE", doses=doses) == {"AE|S1|1": ALIKE}


def test_a_drug_has_an_action_of_its_own() -> None:
    events = [ae(*EVENT, AEACN="MULTIPLE")]
    told = (supplement("AEACNA", "DRUG INTERRUPTED"), supplement("AEACNB", "DOSE NOT CHANGED"))
    found = compared([], events, "NOTDONE", doses=WITHOUT_BREAK, supplements=told)
    assert found == {"AE|S1|1": ALIKE}
    unchanged = (supplement("AEACNA", "DOSE NOT CHANGED"),)
    assert compared([], events, "NOTDONE", doses=WITHOUT_BREAK, supplements=unchanged) == {}


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ("100", {"AE|S1|1": "told to be reduced: alpha, but its doses are as large as before"}),
        ("80", {"AE|S1|1": ""}),
    ],
)
def test_a_reduction_can_be_seen_a_cycle_later(later: str, expected: dict) -> None:
    events = [ae(*EVENT, AEACN="DOSE REDUCED")]
    first = alpha("2024-03-01", "2024-03-21", "1")
    doses = (first, alpha("2024-04-09", "2024-04-12", "2", later))
    assert compared([], events, "NOTDONE", doses=doses) == expected
    too_early = (first, alpha("2024-04-07", "2024-04-07", "2", later))
    assert compared([], events, "NOTDONE", doses=too_early) == {}


@pytest.mark.parametrize(
    ("start", "events", "expected"),
    [
        ("2024-03-05", [],
         {"CM|S1|1": "given for Diarrhea, but no adverse event of that term"}),
        ("2024-03-05", [ae("1", "1", "2024-03-12", None, "Diarrhea")], {"CM|S1|1": ""}),
        ("2024-03-05", [ae("1", "1", "2024-03-13", None, "Diarrhea")],
         {"CM|S1|1": "given for Diarrhea, but no adverse event of that term"}),
        ("2024-03-05", [ae("1", "1", "2024-03", None, "Diarrhea")], {"CM|S1|1": ""}),
        ("2024-03-05", [ae("1", "1", None, None, "Diarrhea")], {"CM|S1|1": ""}),
        ("2024-02-20", [], {}),  # before treatment
        ("2024-04-20", [], {}),  # the site has some days
    ],
)  # fmt: skip
def test_what_is_treated_is_reported(start: str, events: list[dict], expected: dict) -> None:
    assert compared([], events, "UNTOLD", medications=(medication(start),)) == expected


def test_an_indication_that_is_no_term_of_ctcae_is_not_compared() -> None:
    given_for = medication("2024-03-05", CMINDC="Prophylaxis")
    assert compared([], [], "UNTOLD", medications=(given_for,)) == {}
