"""Each handling of a planted fault: caught, handled wrong, missed."""

import pytest

from safety.simulate.score import faults
from safety.simulate.score.tally import Tally
from tests.simulate.score.made import (
    WHO,
    checked,
    fault,
    grade,
    held,
    march,
    measurement,
    record,
    said,
    spell,
    truth,
    verdict,
)

ROW = f"LB|{WHO}|S5|NEUT"
AE = f"AE|{WHO}|3"


def outcome(planted, told):
    part = faults.part(truth(faults=[planted]), told)
    return part.tallies, [x.reason for x in part.lines]


def caught(number, *delays):
    return (Tally(f"fault {number}", 1, 1, delays=tuple(delays)),)


def missed(number):
    return (Tally(f"fault {number}", 1, 0, 1),)


def wrong(number):
    return (Tally(f"fault {number}", 1, 0, wrong=1),)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("fault 19", {19}), ("faults 8 and 9", {8, 9}), ("faults 3, 4 and 5", {3, 4, 5}),
     ("CTCAE v5.0", set()), ("", set())],
)  # fmt: skip
def test_the_faults_of_a_citation(text, numbers):
    assert faults.cited(text) == numbers


# ---------------------------------------------------------------- R
def test_a_row_to_reject_in_quarantine():
    assert outcome(fault(19, "R"), said(quarantine=[held(ROW)])) == (caught(19), [])


def test_a_row_to_reject_that_is_only_flagged():
    tallies, reasons = outcome(fault(19, "R"), said(**checked(ROW, "fault 19")))
    assert tallies == wrong(19)
    assert reasons == ["only asked or flagged"]


def test_a_row_to_reject_that_was_accepted():
    tallies, reasons = outcome(fault(19, "R"), said(measurement=[measurement(ROW)]))
    assert tallies == missed(19)
    assert reasons == ["no finding cites it; the row is accepted"]


@pytest.mark.parametrize("number", [17, 24])
def test_a_row_that_is_kept_without_a_grade_has_its_value_rejected(number):
    named = checked(ROW, f"fault {number}")
    assert outcome(fault(number, "R"), said(**named))[0] == caught(number)
    assert outcome(fault(number, "R"), said(**named, grade=[grade("", 5)]))[0] == caught(number)
    assert outcome(fault(number, "R"), said(**named, grade=[grade(2, 5)]))[0] == wrong(number)
    assert outcome(fault(number, "R"), said(grade=[grade("", 5)]))[0] == missed(number)


def test_a_range_that_a_check_names_is_rejected():
    told = said(**checked(ROW, "fault 21"), grade=[grade(0, 5)])
    assert outcome(fault(21, "R"), told)[0] == caught(21)


def test_a_row_held_two_days_late():
    tallies, reasons = outcome(fault(19, "R"), said(quarantine=[held(ROW, 7)]))
    assert tallies == caught(19, 2)
    assert reasons == ["2 days late"]


def test_a_row_held_only_after_it_was_corrected():
    planted = fault(19, "R", CORRECTED=march(7))
    assert outcome(planted, said(quarantine=[held(ROW, 7)]))[0] == missed(19)


# ---------------------------------------------------------------- W, Q
@pytest.mark.parametrize("right", ["W", "Q", "W;Q"])
def test_a_row_that_a_check_names(right):
    assert outcome(fault(13, right), said(**checked(ROW, "faults 13 and 14"))) == (caught(13), [])


def test_a_check_of_another_fault_or_row_does_not_count():
    assert outcome(fault(13, "Q"), said(**checked(ROW, "fault 14")))[0] == missed(13)
    assert outcome(fault(13, "Q"), said(**checked(f"{ROW}X", "fault 13")))[0] == missed(13)


def test_a_check_of_another_time_does_not_count():
    planted = fault(13, "Q", CORRECTED=march(7))
    assert outcome(planted, said(**checked(ROW, "fault 13", first=7)))[0] == missed(13)
    assert outcome(planted, said(**checked(ROW, "fault 13", first=4, last=5)))[0] == missed(13)


def test_a_row_to_load_that_was_held():
    told = said(**checked(ROW, "fault 13"), quarantine=[held(ROW)])
    tallies, reasons = outcome(fault(13, "Q"), told)
    assert tallies == wrong(13)
    assert reasons == ["quarantined: not so (LB-1, fault 19)"]


def test_of_a_fault_between_records_the_other_one_may_be_named():
    other = said(**checked(f"DM|{WHO}", "fault 40"))
    assert outcome(fault(40, "Q", AE), other)[0] == caught(40)


def test_a_query_of_the_assessment_that_is_new_and_names_the_row():
    asked = f'["Anemia ({AE}): reported grade 2, but a value is grade 3"]'
    before, after = verdict(4, 5), verdict(5, QUERIES=asked)
    assert outcome(fault(30, "Q", AE), said(verdict=[before, after]))[0] == caught(30)
    assert outcome(fault(30, "Q", AE), said(verdict=[verdict(4, QUERIES=asked)]))[0] == missed(30)
    assert outcome(fault(13, "Q", AE), said(verdict=[before, after]))[0] == missed(13)


def test_a_deviation_from_the_record():
    deviation = {"USUBJID": WHO, "EVIDENCE": f'[{{"record": "{AE}"}}]', "SPAN": spell(6)}
    assert outcome(fault(43, "Q", AE), said(deviation=[deviation]))[0] == caught(43, 1)
    assert outcome(fault(43, "Q", ROW), said(deviation=[deviation]))[0] == missed(43)


# ---------------------------------------------------------------- what shows by itself
def test_an_exact_copy_is_counted():
    file = {"DAY": march(5), "DOMAIN": "LB", "DUPLICATES": 1, "STATUS": "published",
            "FEED": "central_lab", "REASON": ""}  # fmt: skip
    assert outcome(fault(2, "W"), said(files=[file]))[0] == caught(2)
    assert outcome(fault(2, "W"), said(files=[file | {"DUPLICATES": 0}]))[0] == missed(2)
    assert outcome(fault(2, "W"), said(files=[file | {"DOMAIN": "AE"}]))[0] == missed(2)


def test_a_correction_makes_a_new_version_and_a_deletion_ends_one():
    told = said(measurement=[measurement(ROW, 4, 5), measurement(ROW, 5)])
    assert outcome(fault(28, "W"), told)[0] == caught(28)
    assert outcome(fault(29, "W"), told)[0] == missed(29)
    assert outcome(fault(29, "W"), said(measurement=[measurement(ROW, 4, 6)]))[0] == caught(29, 1)
    assert outcome(fault(28, "W"), said(measurement=[measurement(ROW, 4)]))[0] == missed(28)


# ---------------------------------------------------------------- H, P4
@pytest.mark.parametrize("right", ["H", "P4"])
def test_a_file_that_a_check_names(right):
    told = checked("", "fault 51")
    told["finding"][0] |= {"FILE": "", "NOTE": "lb.csv is cut off", "SPAN": spell(5, 6)}
    assert outcome(fault(51, right, ""), said(**told))[0] == caught(51)
    told["finding"][0] |= {"NOTE": "ae.xpt is cut off"}
    assert outcome(fault(51, right, ""), said(**told))[0] == missed(51)
    told["finding"][0] |= {"FILE": "lb.csv", "SPAN": spell(6)}  # of another day
    assert outcome(fault(51, right, ""), said(**told))[0] == missed(51)


@pytest.mark.parametrize(
    ("note", "state"),
    [("2024-03-05/lb.csv: cut off", caught), ("2024-03-04/lb.csv: cut off", missed),
     ("2024-03-04/lb.csv, 2024-03-05/lb.csv", caught)],
)  # fmt: skip
def test_a_file_of_the_same_name_of_another_day_is_another_file(note, state):
    told = checked("", "fault 51")
    told["finding"][0] |= {"FILE": "", "NOTE": note}
    assert outcome(fault(51, "H", ""), said(**told))[0] == state(51)


def test_a_feed_that_did_not_come_is_named_by_its_feed():
    told = checked("", "fault 53")
    told["finding"][0] |= {"DOMAIN": "central_lab", "FILE": "", "NOTE": "nothing since"}
    assert outcome(fault(53, "P4", "", FILE=""), said(**told))[0] == caught(53)
    told["finding"][0] |= {"DOMAIN": "diary"}
    assert outcome(fault(53, "P4", "", FILE=""), said(**told))[0] == missed(53)


@pytest.mark.parametrize(
    ("row", "keys"),
    [
        ("LB|SIM-T1-001-999|S5|NEUT", {"LB|SIM-T1-001-999|S5|NEUT", ROW}),
        (r"LB|a\|b|S5|NEUT", {r"LB|a\|b|S5|NEUT", ROW}),
        (f"SV|{WHO}|DAY 8|x", {f"SV|{WHO}|DAY 8|x", f"SV|{WHO}|DAY 8"}),
        ("", set()),
    ],
)
def test_the_keys_of_a_row_with_a_fault_in_its_key(row, keys):
    assert faults.delivered_as(fault(1, "R", row)) == keys


def test_a_held_delivery_that_names_the_file():
    file = {"DAY": march(5), "NAME": "", "STATUS": "held", "FEED": "central_lab", "DUPLICATES": "",
            "REASON": "lb.csv: the file has no rows."}  # fmt: skip
    assert outcome(fault(51, "H", ""), said(files=[file]))[0] == caught(51)
    assert outcome(fault(51, "H", ""), said(files=[file | {"STATUS": "published"}]))[0] == missed(
        51
    )


# ---------------------------------------------------------------- C
@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("1.2 10^9/L", {}),
        ("1.2 10^9/L", {"AVAL": 1200.0, "UCUM": "/uL"}),
        ("1200 /mm3", {}),
        ("2024-03-05", {}),  # no number: accepted is all that can be told
    ],
)
def test_a_row_that_means_what_it_should(value, read):
    planted = fault(18, "C", VALUE=value)
    assert outcome(planted, said(measurement=[measurement(ROW, **read)]))[0] == caught(18)


def test_a_row_that_was_converted_wrong():
    row = measurement(ROW, AVAL=1200.0)
    tallies, reasons = outcome(fault(18, "C", VALUE="1.2 10^9/L"), said(measurement=[row]))
    assert tallies == wrong(18)
    assert reasons == ["toxwatch reads 1200 10*9/L, truth is 1.2 10^9/L"]


def test_a_row_to_convert_that_is_held_or_nowhere():
    planted = fault(18, "C", VALUE="1.2 10^9/L")
    assert outcome(planted, said(quarantine=[held(ROW)]))[0] == wrong(18)
    assert outcome(planted, said()) == (missed(18), ["the row is nowhere"])


def test_a_share_of_white_cells_gives_a_count():
    row = f"LB|{WHO}|S5|NEUTLE"
    planted = fault(26, "C", row, VALUE="1.2 10*9/L")
    share = measurement(row, AVAL=30.0, UCUM="%", PARAMCD="NEUTLE", ADTMIN=march(5))
    told = said(measurement=[share], grade=[grade(2, 5)])
    assert outcome(planted, told)[0] == caught(26)
    reasons = outcome(planted, said(measurement=[share]))[1]
    assert reasons == ["no count was derived from the share"]
    other = said(measurement=[share], grade=[grade(2, 5, GVAL=0.6)])
    assert outcome(planted, other)[0] == wrong(26)
    assert ROW in faults.delivered_as(planted)


def test_what_was_deleted_before_it_came_is_not_there():
    assert outcome(fault(29, "W"), said())[0] == caught(29)


def test_a_fault_after_the_last_run_is_not_expected():
    assert outcome(fault(19, "R", DAY=march(20)), said()) == ((), [])


def test_text_is_accepted_as_it_is():
    assert outcome(fault(55, "C", AE), said(adverse_event=[record(AE)]))[0] == caught(55)
