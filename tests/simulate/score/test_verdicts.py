"""Verdicts and evaluability at the end, by what was delivered and by what truly was."""

from typing import Any

from safety.simulate.score import verdicts
from safety.simulate.score.tally import Tally
from tests.simulate.score.made import WHO, fault, march, said, truth, verdict


def subject(right: str, **changes: str) -> dict[str, str]:
    return {"USUBJID": WHO, "VERDICT": right, "EVALUABLE": "Y"} | changes


def test_indeterminate_counts_where_truth_says_so():
    part = verdicts.verdicts(
        truth(subjects=[subject("INDETERMINATE")]), said(verdict=[verdict(VERDICT="INDETERMINATE")])
    )
    assert part.tallies == (Tally("INDETERMINATE", 1, 1),)


def test_indeterminate_does_not_count_for_a_dlt():
    told = verdict(VERDICT="INDETERMINATE", REASON="a count is missing")
    part = verdicts.verdicts(truth(subjects=[subject("DLT")]), said(verdict=[told]))
    assert part.tallies == (Tally("DLT", 1, missed=1), Tally("INDETERMINATE", false=1))
    assert part.lines[0].reason == "toxwatch says INDETERMINATE: a count is missing"


def test_only_the_last_verdict_counts():
    told = [verdict(4, 9, VERDICT="PENDING"), verdict(9, VERDICT="DLT")]
    part = verdicts.verdicts(truth(subjects=[subject("DLT")]), said(verdict=told))
    assert part.tallies == (Tally("DLT", 1, 1),)


def test_evaluability_and_subjects_that_were_never_judged():
    subjects = [subject("NO_DLT", EVALUABLE="N"), subject("", USUBJID="SIM-T1-001-002")]
    part = verdicts.evaluability(truth(subjects=subjects), said(verdict=[verdict()]))
    assert part.tallies == (Tally("N", 1, missed=1), Tally("Y", false=1))


def test_a_subject_without_a_verdict_is_a_miss_of_one():
    part = verdicts.verdicts(truth(subjects=[subject("DLT")]), said())
    assert part.tallies == (Tally("DLT", 1, missed=1),)


def test_hidden_ones_are_counted_apart():
    one = subject("NO_DLT", HIDDEN="Y", TRUE_VERDICT="DLT", TRUE_RULES="N1", NOTE="never entered")
    part = verdicts.hidden(truth(subjects=[one]), said(verdict=[verdict()]))
    assert part.tallies == (Tally("hidden DLT", 1, 0, 1),)
    assert part.lines[0].reason == "not in what was recorded: never entered"


def free(told: str, faults: list[dict[str, str]] | None = None, **changes: str) -> Any:
    one = subject("NO_DLT", TRUE_VERDICT="DLT", TRUE_RULES="H1", TRUE_ONSET=march(5)) | changes
    store = said(verdict=[verdict(VERDICT=told)] if told else [])
    return verdicts.free_of_gaps(truth(subjects=[one], faults=faults or []), store)


def test_the_true_verdict_was_said():
    part = free("DLT")
    assert part.tallies == (Tally("DLT", 1, 1),)
    assert part.lines == ()
    assert part.note == "truly DLT, said DLT: 1"


def test_a_true_dlt_that_the_site_did_not_record():
    part = free("NO_DLT", HIDDEN="Y")
    assert part.tallies == (Tally("DLT", 1, missed=1),)
    assert part.note == "truly DLT, said NO_DLT: 1"
    assert [(x.usubjid, x.what, x.day) for x in part.lines] == [(WHO, "verdict (H1)", march(5))]
    assert part.lines[0].reason == "toxwatch says NO_DLT: hidden: not recorded by the site"


def test_a_true_dlt_of_which_the_data_are_behind():
    (line,) = free("PENDING", VERDICT="PENDING").lines
    assert line.reason == "toxwatch says PENDING: still pending: the delivered data are behind"


def test_a_true_dlt_that_no_reader_can_decide():
    (line,) = free("INDETERMINATE", VERDICT="INDETERMINATE").lines
    assert line.reason == "toxwatch says INDETERMINATE: the delivered data cannot decide"


def test_what_an_ideal_reader_says_too():
    (line,) = free("NO_DLT").lines
    assert line.reason == (
        "toxwatch says NO_DLT: so an ideal reader of what was delivered says too"
    )


def test_a_true_dlt_whose_evidence_a_fault_may_have_spoiled():
    (line,) = free("NO_DLT", [fault(24, "R")], VERDICT="DLT").lines
    assert line.reason == (
        f"toxwatch says NO_DLT: evidence may be spoiled (planted fault 24 on LB|{WHO}|S5|NEUT); "
        "an ideal reader of what was delivered says DLT"
    )


def test_a_fault_that_was_corrected_explains_nothing():
    (line,) = free("NO_DLT", [fault(24, "R", CORRECTED=march(8))], VERDICT="DLT").lines
    assert line.reason == (
        "toxwatch says NO_DLT: unexplained; an ideal reader of what was delivered says DLT"
    )


def test_a_true_verdict_where_nothing_was_published():
    part = free("")
    assert part.tallies == (Tally("DLT", 1, missed=1),)
    assert part.lines[0].reason == (
        "toxwatch says no verdict: nothing was published of the subject"
    )


def test_a_subject_that_was_never_dosed_has_no_true_verdict():
    assert free("NO_DLT", TRUE_VERDICT="").tallies == ()
