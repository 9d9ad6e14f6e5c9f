"""Planned against taken, and the share lost to toxicity."""

from __future__ import annotations

from dataclasses import replace

import pytest

from safety.assess.case import make_case
from safety.assess.truth import Truth
from safety.dosing.account import exposure, missed
from safety.dosing.doubts import dose_queries
from safety.dosing.reasons import because_of_toxicity
from safety.study.language import Share
from tests.dosing.builders import BODY, between, case, day, dose, event, lost, source

QUARTER = Share.parse(">=25%")
ALL_S1 = dose("s1", 1, 14)


def surufatinib(days_lost: int, reason: str = "ADVERSE EVENT", **more):
    """Doses lost from day 8 on, the others taken."""
    return case(
        dose("surufatinib", 1, 7, row=1),
        lost("surufatinib", 8, 7 + days_lost, reason, row=2),
        dose("surufatinib", 8 + days_lost, 21, row=3),
        reports=(event(8, 7 + days_lost),),
        **more,
    )


def of(found, drug, cycle=1):
    return next(e for e in exposure(found) if (e.drug, e.cycle) == (drug, cycle))


# --- the share missed for toxicity: T2 of the trial reference, section 3.2


def test_5_of_21_is_below_a_quarter_and_6_of_21_is_not():
    five, six = (missed(surufatinib(n), "surufatinib", 1) for n in (5, 6))
    assert five.missed_for_toxicity == (0.238095238, 0.238095238)
    assert (five.reached(25), five.loses(QUARTER)) == (None, Truth.NOT_MET)
    assert (six.reached(25), six.loses(QUARTER)) == (day(13), Truth.MET)
    assert six.missed_for_toxicity[0] == 0.285714286


@pytest.mark.parametrize(("days", "reached"), [(1, None), (2, day(14))])
def test_2_of_5_of_temozolomide(days, reached):
    found = case(
        dose("temozolomide", 10, 14 - days), lost("temozolomide", 15 - days, 14),
        reports=(event(12, 16),),
    )  # fmt: skip
    assert missed(found, "temozolomide", 1).reached(25) == reached


def test_7_of_28_of_s1_is_exactly_a_quarter():
    """From the evening of day 11 on: two rows of one day, then three whole days."""
    found = case(
        dose("s1", 1, 10), dose("s1", 11, 11, per_day=1), lost("s1", 11, 11, per_day=1, row=1),
        lost("s1", 12, 14, row=2), reports=(event(11, 15),),
    )  # fmt: skip
    account = missed(found, "s1", 1)
    assert (account.planned, account.missed_for_toxicity) == (1680.0, (0.25, 0.25))
    assert (account.reached(25), account.reached(25, ">")) == (day(14), None)


def test_worked_check_2_11_of_28_doses_of_s1():
    found = case(
        dose("s1", 1, 8), dose("s1", 9, 9, per_day=1), lost("s1", 9, 9, per_day=1, row=1),
        lost("s1", 10, 14, row=2), reports=(event(9, 12, term="Diarrhea"),),
    )  # fmt: skip
    account = missed(found, "s1", 1)
    assert account.missed_for_toxicity[0] == pytest.approx(11 / 28)
    assert account.received_share == pytest.approx(17 / 28)
    assert account.reached(25) == day(12)  # 1 + 3 x 2 intakes
    assert [e.text for e in account.evidence] == ["Diarrhea d9", "s1", "s1"]


def test_worked_check_3_7_of_21_doses_of_surufatinib():
    found = case(
        dose("surufatinib", 1, 14), lost("surufatinib", 15, 23), reports=(event(15, 24),), as_of=24
    )
    account = missed(found, "surufatinib", 1)
    assert account.missed_for_toxicity[0] == pytest.approx(1 / 3)
    assert account.reached(25) == day(20)


def test_other_reasons_are_missed_but_not_for_toxicity():
    account = missed(surufatinib(6, "DRUG LOST"), "surufatinib", 1)
    assert account.missed_for_toxicity == (0.0, 0.0)
    assert account.missed_other == pytest.approx(6 / 21)
    assert account.loses(QUARTER) is Truth.NOT_MET
    assert account.counted_share_low == account.counted_share_high == pytest.approx(15 / 21)


def test_gap_rule_counts_doses_lost_to_related_toxicity():
    account = missed(surufatinib(5), "surufatinib", 1)
    assert (account.received_share, account.counted_share_low) == (pytest.approx(16 / 21), 1.0)


def test_doses_not_yet_due_and_days_without_record_are_not_judged():
    found = case(dose("surufatinib", 1, 5), as_of=13)
    account = missed(found, "surufatinib", 1)
    assert account.share("pending") == pytest.approx(8 / 21)
    assert account.missed_for_toxicity == (0.0, pytest.approx(8 / 21))
    assert account.loses(QUARTER) is Truth.UNKNOWN
    assert account.missing == ("dose record of surufatinib on 2024-03-09 and 7 more days",)
    assert (account.counted_share_low, account.counted_share_high) == (pytest.approx(5 / 21), 1.0)


@pytest.mark.parametrize(
    ("records", "as_of", "unclear"),
    [
        ((dose("surufatinib", 1, 5),), 12, 0),  # the oldest day without a record is 6 days old
        ((dose("surufatinib", 1, 5),), 13, 8),  # a week: it is more than late
        ((dose("surufatinib", 1, 5), dose("surufatinib", 8, 8, row=2)), 9, 2),  # 6 and 7 passed by
        ((dose("surufatinib", 1, 4), lost("surufatinib", 5, 5, row=2)), 7, 2),  # a hold goes on
        ((dose("surufatinib", 1, 18),), 20, 0),
        ((dose("surufatinib", 1, 18),), 21, 3),  # the cycle ends: it must be told
    ],
)
def test_the_record_of_a_dose_may_be_a_week_late(records, as_of, unclear):
    account = missed(case(*records, as_of=as_of), "surufatinib", 1)
    assert account.share("unclear") == pytest.approx(unclear / 21)


@pytest.mark.parametrize(
    ("unread", "unclear"), [((), 0), (("temozolomide",), 0), (("surufatinib",), 3)]
)
def test_a_record_that_came_and_cannot_be_used_is_not_late(unread, unclear):
    found = case(dose("surufatinib", 1, 5), as_of=8)
    facts = replace(found.facts, unread_doses=frozenset(unread))
    account = missed(make_case(facts, found.study, found.as_of), "surufatinib", 1)
    assert account.share("unclear") == pytest.approx(unclear / 21)


def test_a_record_of_some_day_of_the_month_is_not_late():
    row = replace(lost("surufatinib", 5, 5, row=2), start=between(day(1), day(20)), end=None)
    account = missed(case(dose("surufatinib", 1, 5), row, as_of=8), "surufatinib", 1)
    assert account.share("unclear") == pytest.approx(3 / 21)


def test_a_reduced_dose_is_missed_by_its_milligrams():
    found = case(dose("surufatinib", 1, 7, row=1), dose("surufatinib", 8, 21, 200, row=2))
    account = missed(found, "surufatinib", 1)
    assert (account.planned, account.unit) == (5250.0, "mg")
    assert account.missed_for_toxicity[0] == pytest.approx(14 * 50 / 5250)
    assert account.queries == (
        (
            "surufatinib not taken as planned 2024-03-11 to 2024-03-24: reason not given, "
            "taken as toxicity"
        ),
    )


def test_a_dose_reduced_for_another_reason_is_not_toxicity():
    found = case(dose("surufatinib", 1, 21, 200, reason="DISPENSING ERROR"))
    account = missed(found, "surufatinib", 1)
    assert (account.missed_for_toxicity, account.missed_other) == ((0.0, 0.0), 0.2)


def test_without_planned_mg_intakes_are_counted():
    found = case(dose("s1", 1, 11), lost("s1", 12, 14), reports=(event(12, 14),), samples=())
    account = missed(found, "s1", 1)
    assert (account.unit, account.planned) == ("intakes", 28.0)
    assert account.missed_for_toxicity[0] == pytest.approx(6 / 28)
    assert account.missing[0] == "planned dose of s1: weight on or before 2024-03-04"


def test_a_taken_dose_of_unknown_amount_is_unclear():
    unknown = dose("surufatinib", 6, 21, row=2)
    found = case(dose("surufatinib", 1, 5), type(unknown)(*_without_mg(unknown)))
    account = missed(found, "surufatinib", 1)
    assert account.missed_for_toxicity == (0.0, pytest.approx(16 / 21))
    assert of(found, "surufatinib").rdi is None


def _without_mg(record):
    values = [getattr(record, name) for name in record.__slots__]
    values[record.__slots__.index("mg")] = None
    return values


def test_an_omitted_course_is_lost_once_it_can_no_longer_begin():
    held = lost("temozolomide", 10, 14)
    event_ = (event(10, 14),)
    early = missed(case(held, as_of=12, reports=event_), "temozolomide", 1)
    late = missed(case(held, as_of=14, reports=event_), "temozolomide", 1)
    # a record to day 14 is cut at day 12: it may still begin on day 13
    assert (early.loses(QUARTER), early.share("pending")) == (Truth.UNKNOWN, 1.0)
    assert (late.reached(25), late.missed_for_toxicity[0]) == (day(13), 1.0)


@pytest.mark.parametrize(
    ("ended", "toxicity", "other"),
    [
        (("ADVERSE EVENT", 10), 12 / 21, 0.0),
        (("PROGRESSIVE DISEASE", 10), 0.0, 12 / 21),
        (("WITHDRAWAL BY SUBJECT", 10), 0.0, 12 / 21),
        (("DEATH", 10), 0.0, 12 / 21),
    ],
)
def test_doses_after_the_end_of_treatment_follow_its_reason(ended, toxicity, other):
    found = case(dose("surufatinib", 1, 9), ended=ended, as_of=11, reports=(event(8, None),))
    account = missed(found, "surufatinib", 1)
    assert account.missed_for_toxicity[0] == pytest.approx(toxicity)
    assert account.missed_other == pytest.approx(other)
    # nothing is due any more: the share is settled on that day
    assert account.reached(25) == (day(10) if toxicity else None)


def test_treatment_ended_for_an_unrelated_event_is_no_toxicity():
    unrelated = event(8, None, related=False, other_cause=True)
    found = case(
        dose("surufatinib", 1, 9), ended=("ADVERSE EVENT", 10), as_of=11, reports=(unrelated,)
    )
    assert missed(found, "surufatinib", 1).loses(QUARTER) is Truth.NOT_MET


def test_records_that_contradict_each_other_leave_it_open():
    found = case(
        dose("surufatinib", 1, 21, row=1), lost("surufatinib", 8, 13, row=2),
        reports=(event(8, 13),),
    )  # fmt: skip
    account = missed(found, "surufatinib", 1)
    assert account.missed_for_toxicity == (0.0, pytest.approx(6 / 21))
    assert account.loses(QUARTER) is Truth.UNKNOWN
    assert account.missing[0] == "whether surufatinib was taken on 2024-03-11"


def test_row_order_changes_nothing():
    rows = [dose("s1", 1, 10, row=1), dose("s1", 8, 14, 50, row=2), lost("s1", 14, 14, row=3)]
    forwards, backwards = case(*rows), case(*reversed(rows))
    assert missed(forwards, "s1", 1) == missed(backwards, "s1", 1)
    assert exposure(forwards) == exposure(backwards)


def test_a_later_knowledge_date_never_takes_a_met_share_back():
    rows = (lost("temozolomide", 10, 11), dose("temozolomide", 12, 14), ALL_S1)
    states = [
        missed(case(*_cut(rows, n), as_of=n, reports=(event(9, 12),)), "temozolomide", 1)
        for n in range(9, 25)
    ]
    met = [s.loses(QUARTER) is Truth.MET for s in states]
    assert met == sorted(met)
    assert met[-1]


def _cut(rows, as_of):
    """Records that begin by a day."""
    return [r for r in rows if r.start.first_day <= day(as_of)]


# --- exposure


def test_exposure_of_a_complete_cycle():
    found = case(dose("surufatinib", 1, 21), dose("temozolomide", 10, 14), ALL_S1)
    told = [
        (e.drug, e.planned, e.taken, e.planned_mg, e.taken_mg, e.rdi, e.complete)
        for e in exposure(found)
    ]
    assert told == [
        ("surufatinib", 21, 21, 5250.0, 5250.0, 1.0, True),
        ("temozolomide", 5, 5, 1000.0, 1000.0, 1.0, True),
        ("s1", 28, 28, 1680.0, 1680.0, 1.0, True),
    ]


def test_only_elapsed_time_is_planned():
    found = case(dose("surufatinib", 1, None), as_of=10)
    e = of(found, "surufatinib")
    assert (e.planned, e.taken, e.rdi, e.complete) == (10, 10, 1.0, False)
    tmz = of(case(as_of=9), "temozolomide")
    assert (tmz.planned, tmz.planned_mg, tmz.rdi) == (0, 0.0, None)


def test_missed_doses_by_reason_and_days_without_record():
    found = case(
        dose("surufatinib", 1, 5), lost("surufatinib", 6, 8, row=1),
        lost("surufatinib", 9, 10, "HOLIDAY", row=2), lost("surufatinib", 11, 11, "", row=3),
        as_of=13,
    )  # fmt: skip
    e = of(found, "surufatinib")
    assert e.missed == {"ADVERSE EVENT": 3.0, "HOLIDAY": 2.0, "reason not given": 1.0}
    assert (e.planned, e.taken, e.unrecorded, e.rdi) == (13, 5, 2, pytest.approx(5 / 13))


def test_reduced_doses_lower_intensity():
    e = of(case(dose("surufatinib", 1, 21, 200)), "surufatinib")
    assert (e.taken, e.reduced_mg, e.rdi) == (21, 1050.0, 0.8)


def test_rows_of_a_delay_are_no_doses_of_the_cycle():
    found = case(
        dose("surufatinib", 1, 21), lost("surufatinib", 22, 28, row=1),
        dose("surufatinib", 29, None, row=2), cycles={2: 29}, as_of=30,
    )  # fmt: skip
    first, second = of(found, "surufatinib"), of(found, "surufatinib", 2)
    assert (first.planned, first.taken, first.missed) == (21, 21, {})
    assert (second.planned, second.taken) == (2, 2)


def test_a_dose_taken_in_a_delay_counts_in_the_cycle_it_falls_in():
    found = case(dose("surufatinib", 1, 23), cycles={2: 29}, as_of=28)
    e = of(found, "surufatinib")
    assert (e.planned, e.taken, e.rdi) == (21, 23, pytest.approx(23 / 21))
    assert missed(found, "surufatinib", 1).received_share == 1.0
    assert dose_queries(found)[-1] == (
        "surufatinib on 2024-03-25 and 1 more day: taken on a day without planned dose; "
        "counted as taken in that cycle"
    )


def test_overlapping_records_are_counted_once():
    found = case(dose("surufatinib", 1, 10, row=1), dose("surufatinib", 8, 21, row=2))
    assert of(found, "surufatinib").taken == 21
    assert dose_queries(found) == (
        (
            "surufatinib on 2024-03-11 and 2 more days: overlapping records tell of more intakes "
            "than the schedule has; counted once"
        ),
    )


def test_an_overdose_told_by_one_record_is_counted():
    e = of(case(dose("surufatinib", 1, 21, per_day=2)), "surufatinib")
    assert (e.taken, e.rdi) == (42, 2.0)
    twice = missed(case(dose("surufatinib", 1, 21, per_day=2)), "surufatinib", 1)
    assert twice.received_share == 1.0


def test_zero_milligrams_taken_is_a_dose_missed():
    found = case(dose("surufatinib", 1, 20), dose("surufatinib", 21, 21, 0, reason="HOLIDAY"))
    e = of(found, "surufatinib")
    assert (e.taken, e.missed) == (20, {"HOLIDAY": 1.0})


def test_doses_after_progression_were_planned_and_those_after_death_were_not():
    taken = dose("surufatinib", 1, 9)
    stopped = of(case(taken, ended=("PROGRESSIVE DISEASE", 10), as_of=15), "surufatinib")
    assert (stopped.planned, stopped.missed) == (15, {"PROGRESSIVE DISEASE": 6.0})
    dead = of(case(taken, death=10, as_of=15), "surufatinib")
    assert (dead.planned, dead.missed, dead.unrecorded) == (9, {}, 0)


def test_partial_dates_count_only_the_days_they_surely_cover():
    march = between(day(1), day(28))
    found = case(dose("surufatinib", march, 21, row=1), dose("surufatinib", 1, 5, row=2))
    assert of(found, "surufatinib").taken == 5
    assert dose_queries(found)[-1].startswith("surufatinib: dose record R1 has partial dates")


def test_of_a_record_without_frequency_nobody_knows_how_much_was_taken():
    found = case(dose("s1", 1, 14, per_day=None))
    assert (of(found, "s1").taken, of(found, "s1").rdi) == (28, None)
    lost = missed(found, "s1", 1)
    assert {p.outcome for p in lost.parts} == {"unclear"}
    assert lost.missing[0] == "how often s1 was taken on 2024-03-04"
    assert dose_queries(found) == (
        (
            "s1 on 2024-03-04 and 13 more days: a record gives no frequency of the schedule; how "
            "much was taken is not known"
        ),
    )


def test_an_unknown_level_leaves_the_plan_open():
    e = of(case(dose("surufatinib", 1, 21), level=""), "surufatinib")
    assert (e.planned, e.taken, e.planned_mg, e.taken_mg, e.rdi) == (21, 21, None, 5250.0, None)


# --- was it toxicity


def judge(*reports, reason="ADVERSE EVENT"):
    found = case(reports=reports, samples=BODY)
    return because_of_toxicity(found, day(8), day(10), reason, "s1")


def test_without_reason_it_counts_as_toxicity():
    judged = judge(reason=" ")
    assert judged.truth is Truth.MET
    assert judged.queries == (
        "s1 not taken as planned 2024-03-11 to 2024-03-13: reason not given, taken as toxicity",
    )


def test_another_reason_is_no_toxicity():
    assert judge(event(8, 10), reason="HOLIDAY") == (Truth.NOT_MET, (), ())


def test_a_related_event_of_those_days_is_the_reason():
    judged = judge(event(7, 12))
    assert (judged.truth, judged.queries) == (Truth.MET, ())
    assert judged.evidence == (source("Fatigue d7", 107),)


@pytest.mark.parametrize(("first", "last"), [(1, 6), (11, 14)])
def test_an_event_of_other_days_explains_nothing(first, last):
    """Days 8 to 10 were missed: an event must reach day 7 or begin by day 10."""
    judged = judge(event(first, last))
    assert (judged.truth, judged.evidence) == (Truth.MET, ())
    assert judged.queries == (
        (
            "s1 not taken as planned 2024-03-11 to 2024-03-13: no adverse event explains "
            "ADVERSE EVENT; taken as related"
        ),
    )


def test_an_unrelated_event_with_its_cause_is_no_toxicity():
    assert judge(event(7, 12, related=False, other_cause=True)).truth is Truth.NOT_MET


def test_unrelated_without_a_documented_cause_counts():
    judged = judge(event(7, 12, related=False))
    assert judged.truth is Truth.MET
    assert judged.queries == (
        "Fatigue of 2024-03-10: unrelated, but no other cause is documented; taken as related",
    )


def test_missing_causality_counts_and_is_asked_for():
    judged = judge(event(7, 12, related=None))
    assert judged.truth is Truth.MET
    assert judged.queries == (
        "Fatigue of 2024-03-10: causality not given, taken as related",
    )  # fmt: skip


def test_the_event_that_interrupted_the_drug_goes_before_others():
    bystander = event(7, 12, action="DOSE NOT CHANGED", term="Alopecia")
    cause = event(8, 12, related=False, other_cause=True, term="Influenza")
    assert judge(bystander, cause).truth is Truth.NOT_MET


def test_the_action_with_this_drug_goes_before_the_action_in_general():
    other_drug = event(7, 12, actions={"s1": "DOSE NOT CHANGED"})
    cause = event(8, 12, related=False, other_cause=True, actions={"s1": "DRUG INTERRUPTED"})
    assert judge(other_drug, cause).truth is Truth.NOT_MET


def test_an_event_without_action_goes_before_one_that_changed_nothing():
    unchanged = event(7, 12, action="DOSE NOT CHANGED")
    unsaid = event(8, 12, related=False, other_cause=True, action="")
    assert judge(unchanged, unsaid).truth is Truth.NOT_MET
    assert judge(unchanged).truth is Truth.MET


def test_an_unrelated_event_that_changed_no_dose_cannot_settle_it():
    judged = judge(event(7, 12, related=False, other_cause=True, action="DOSE NOT CHANGED"))
    assert judged.truth is Truth.UNKNOWN
    assert judged.queries == (
        "s1 not taken as planned 2024-03-11 to 2024-03-13: which adverse event was the reason?",
    )


def test_what_cannot_be_judged_counts_in_the_upper_bound_only():
    unclear = event(8, 13, related=False, other_cause=True, action="DOSE NOT CHANGED")
    rows = (dose("surufatinib", 1, 7), lost("surufatinib", 8, 13, row=1))
    account = missed(case(*rows, as_of=13, reports=(unclear,)), "surufatinib", 1)
    assert account.missed_for_toxicity == (0.0, 0.285714286)
    assert account.missing[0] == "why surufatinib was not taken on 2024-03-11"
    stopped = case(dose("surufatinib", 1, 7), ended=("ADVERSE EVENT", 8), reports=(unclear,))
    after = missed(stopped, "surufatinib", 1)
    assert (after.loses(QUARTER), after.missing) == (
        Truth.UNKNOWN,
        ("why treatment ended on 2024-03-11",),
    )
