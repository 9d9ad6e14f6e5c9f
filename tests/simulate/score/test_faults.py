"""Each handling of a planted fault: caught, handled wrong, missed."""

from dataclasses import replace

import pytest

from safety.simulate.score import faults
from safety.simulate.score.tally import Tally
from tests.simulate.score.made import (
    WHO,
    came,
    checked,
    fault,
    grade,
    held,
    march,
    measurement,
    record,
    said,
    spell,
    true_grade,
    truth,
    verdict,
)

ROW = f"LB|{WHO}|S5|NEUT"
AE = f"AE|{WHO}|3"


def outcome(planted, told, **tables):
    part = faults.part(truth(faults=[planted], **tables), told)
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
    assert outcome(fault(13, "Q", AE), said(**checked(f"DM|{WHO}", "fault 13")))[0] == missed(13)


def test_what_was_said_of_another_record_before_the_fault_came_is_not_about_it():
    early = checked(f"DM|{WHO}", "fault 40", first=4)
    assert outcome(fault(40, "Q", AE), said(**early))[0] == missed(40)
    again = checked(f"DM|{WHO}", "fault 40", first=6)["finding_row"]
    ended = [early["finding_row"][0] | {"SPAN": spell(4, 5)}]
    told = said(finding=early["finding"], finding_row=[*ended, *again])
    assert outcome(fault(40, "Q", AE), told)[0] == missed(40)
    told = said(finding=early["finding"], finding_row=again)
    assert outcome(fault(40, "Q", AE), told)[0] == caught(40, 1)


def test_what_is_said_of_the_row_itself_counts_as_long_as_it_stands():
    told = said(**checked(AE, "fault 40", first=4))
    assert outcome(fault(40, "Q", AE), told)[0] == caught(40)


@pytest.mark.parametrize(
    ("other", "expected"),
    [("S4|NEUT", caught(31)), ("S5|PLAT", caught(31)), ("S4|PLAT", missed(31))],
)
def test_another_result_is_of_the_sample_or_the_test(other, expected):
    told = said(**checked(f"LB|{WHO}|{other}", "fault 31"))
    assert outcome(fault(31, "Q", ROW), told)[0] == expected


def test_a_record_with_the_same_fault_is_not_named_for_another():
    other = f"AE|{WHO}|4"
    known = truth(faults=[fault(40, "Q", AE), fault(40, "Q", other)])
    part = faults.part(known, said(**checked(other, "fault 40")))
    assert part.tallies == (Tally("fault 40", 2, 1, 1),)


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
    before = deviation | {"SPAN": spell(4)}
    assert outcome(fault(43, "Q", AE), said(deviation=[before]))[0] == missed(43)


# ---------------------------------------------------------------- what shows by itself
def counted(number, day=5, **changes):
    return {"DAY": march(day), "DOMAIN": "LB", "DUPLICATES": number, "STATUS": "published",
            "FEED": "central_lab", "REASON": ""} | changes  # fmt: skip


def test_an_exact_copy_is_counted():
    assert outcome(fault(2, "W"), said(files=[counted(1)]))[0] == caught(2)
    assert outcome(fault(2, "W"), said(files=[counted(0)]))[0] == missed(2)
    assert outcome(fault(2, "W"), said(files=[counted("")]))[0] == missed(2)
    assert outcome(fault(2, "W"), said(files=[counted(1, DOMAIN="AE")]))[0] == missed(2)


@pytest.mark.parametrize(
    ("names", "files", "tally"),
    [
        # an extract has the copies of before; an older one that was replaced has no account
        (["lb.csv"], [counted(1), counted(2, 6)], Tally("fault 2", 2, 2)),
        (["lb.csv"], [counted(0), counted(2, 6)], Tally("fault 2", 2, 2)),
        (["lb.csv"], [counted(1), counted(1, 6)], Tally("fault 2", 2, 1, 1)),
        (["lb.csv"], [counted(0), counted(1, 6)], Tally("fault 2", 2, 0, 2)),
        # a file of changes has its own
        (["lb5.csv", "lb6.csv"], [counted(1), counted(1, 6)], Tally("fault 2", 2, 2)),
        (["lb5.csv", "lb6.csv"], [counted(0), counted(2, 6)], Tally("fault 2", 2, 1, 1)),
    ],
)
def test_every_copy_of_a_file_is_counted(names, files, tally):
    deliveries = [{"DAY": march(5), "DOMAIN": "LB", "FILE": name, "ROWS": "9"} for name in names]
    known = truth(
        deliveries=deliveries,
        faults=[fault(2, "W"), fault(2, "W", f"LB|{WHO}|S6|NEUT", DAY=march(6))],
    )
    assert faults.part(known, said(files=files)).tallies == (tally,)


CORRECTION = fault(28, "W", CORRECTED=march(7), VALUE="1.4 10*9/L")


def test_a_correction_makes_a_new_version_with_its_value():
    first = measurement(ROW, 5, 7)
    right = measurement(ROW, 7, AVAL=1.4)
    assert outcome(CORRECTION, said(measurement=[first, right]))[0] == caught(28)
    late = [measurement(ROW, 5, 9), measurement(ROW, 9, AVAL=1.4)]
    assert outcome(CORRECTION, said(measurement=late))[0] == caught(28, 2)
    other = measurement(ROW, 7, AVAL=1.3)
    assert outcome(CORRECTION, said(measurement=[first, other]))[0] == missed(28)
    assert outcome(CORRECTION, said(measurement=[measurement(ROW, 5)]))[0] == missed(28)
    assert outcome(CORRECTION, said(measurement=[right]))[0] == missed(28)  # nothing was corrected


def test_a_correction_that_never_came_is_not_expected():
    assert outcome(CORRECTION | {"CORRECTED": ""}, said()) == ((), [])
    assert outcome(CORRECTION | {"CORRECTED": march(20)}, said()) == ((), [])


def test_a_deletion_ends_what_was_stored():
    rows = [came(ROW, 4)]
    for first, last, tally in [(4, 5, caught(29)), (4, 6, caught(29, 1)), (4, None, missed(29)),
                               (3, 4, missed(29))]:  # fmt: skip
        told = said(measurement=[measurement(ROW, first, last)])
        assert outcome(fault(29, "W"), told, rows=rows)[0] == tally
    assert outcome(fault(29, "W"), said(), rows=rows)[0] == missed(29)


@pytest.mark.parametrize("rows", [[], [came(ROW, 5)], [came(ROW, 4, DELETED="Y")]])
def test_what_never_came_before_it_was_deleted_is_not_expected(rows):
    assert outcome(fault(29, "W"), said(), rows=rows) == ((), [])


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
        ("2024-03-05", {"ADTMIN": march(5)}),
    ],
)
def test_a_row_that_means_what_it_should(value, read):
    planted = fault(18, "C", VALUE=value)
    assert outcome(planted, said(measurement=[measurement(ROW, **read)]))[0] == caught(18)


@pytest.mark.parametrize(
    ("value", "read", "reason"),
    [
        ("1.2 10^9/L", {"AVAL": 1200.0}, "toxwatch reads 1200 10*9/L, truth is 1.2 10^9/L"),
        ("1.2 10^9/L", {"UCUM": "%"}, "toxwatch reads 1.2 %, truth is 1.2 10^9/L"),
        ("1.2 10^9/L", {"AVAL": ""}, "toxwatch reads no number, truth is 1.2 10^9/L"),
        ("2024-03-05", {"ADTMIN": march(4)}, "toxwatch reads 2024-03-04, truth is 2024-03-05"),
    ],
)
def test_a_row_that_was_read_wrong(value, read, reason):
    told = said(measurement=[measurement(ROW, **read)])
    assert outcome(fault(18, "C", VALUE=value), told) == (wrong(18), [reason])


IN_MM3 = measurement(ROW, AVAL=3600.0, UCUM="/mm3", PARAMCD="NEUT")
MEANS = fault(18, "C", VALUE="3.6 10*9/L")


@pytest.mark.parametrize(
    ("grades", "tally", "reasons"),
    [
        ([grade(0, 5, GVAL=3.6)], caught(18), []),
        ([grade(4, 5, GVAL=0.36)], wrong(18), ["toxwatch reads 0.36 10*9/L, truth is 3.6 10*9/L"]),
        ([grade(4, 5, GVAL=3.6)], wrong(18),
         ["Neutrophil count decreased: grade 4, truth is grade 0"]),
        ([grade("", 5, GVAL=3.6, REASONS="no_unit")], missed(18),
         ["Neutrophil count decreased: not graded: no_unit"]),
        ([grade("", 5, GVAL=3.6, REASONS="superseded")], missed(18),
         ["Neutrophil count decreased: not graded: superseded"]),
        ([grade("", 5, GVAL=3.6, REASONS="superseded"), grade(0, 5, MKEY="~", KEY="~")],
         caught(18), []),
        ([], missed(18), ["the row is accepted, but not graded: Neutrophil count decreased"]),
        # right at first, and no longer
        ([grade(0, 5, GVAL=3.6, SPAN=spell(5, 6)), grade(4, 5, 6, GVAL=0.36)], wrong(18),
         ["toxwatch reads 0.36 10*9/L, truth is 3.6 10*9/L"]),
        # right two days late; what is said anew of a right one is not late
        ([grade(4, 5, GVAL=0.36, SPAN=spell(5, 7)), grade(0, 5, 7, GVAL=3.6)], caught(18, 2),
         ["2 days late"]),
        ([grade(0, 5, GVAL=3.6, SPAN=spell(5, 7)), grade(0, 5, 7, GVAL=3.6)], caught(18), []),
    ],
)  # fmt: skip
def test_a_row_with_a_term_is_judged_by_what_was_graded(grades, tally, reasons):
    told = said(measurement=[IN_MM3], grade=grades)
    assert outcome(MEANS, told, values=[true_grade("0", 5)]) == (tally, reasons)


def test_a_row_with_two_terms_is_graded_for_both():
    named = {"TEST": "K", "TERM": "Hypokalemia"}
    values = [true_grade("0", 5) | named, true_grade("0", 5) | named | {"TERM": "Anemia"}]
    planted, row = fault(18, "C", VALUE="1.2 10*9/L"), measurement(ROW, PARAMCD="K")
    low, other = ({"PARAMCD": "K", "TERM": term, "KEY": term} for term in ("Hypokalemia", "Anemia"))
    known = truth({"terms": ["Hypokalemia", "Anemia"]}, values=values, faults=[planted])
    for terms, tally in [([low], missed(18)), ([low, other], caught(18))]:
        told = said(measurement=[row], grade=[grade(0, 5) | term for term in terms])
        assert faults.part(known, told).tallies == tally


def test_a_value_that_was_corrected_by_another_is_judged_as_received():
    planted = fault(18, "C", VALUE="2.2 mmol/L")
    row = measurement(ROW, AVAL=2.2, UCUM="mmol/L")
    corrected = {"GVAL": 2.4, "GUNIT": "mmol/L"}
    told = said(measurement=[row], grade=[grade(0, 5, REASONS="calcium_corrected", **corrected)])
    assert outcome(planted, told)[0] == caught(18)
    assert outcome(planted, said(measurement=[row], grade=[grade(0, 5, **corrected)]))[0] == wrong(
        18
    )


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


def test_a_count_from_a_share_is_of_its_sample_and_has_no_range():
    row = f"LB|{WHO}|S5|NEUTLE"
    planted = fault(26, "C", row, VALUE="1.2 10*9/L")
    share = measurement(row, AVAL=30.0, UCUM="%", PARAMCD="NEUTLE", ADTMIN=march(5))
    true = {"values": [true_grade("2", 5)]}
    told = said(measurement=[share], grade=[grade("", 5, REASONS="range_missing")])
    assert outcome(planted, told, **true)[0] == caught(26)
    elsewhere = grade(2, 5) | {"MKEY": f"LB|{WHO}|S6|WBC~ANC"}  # of the same day
    assert outcome(planted, said(measurement=[share], grade=[elsewhere]), **true)[0] == missed(26)


def test_a_fault_after_the_last_run_is_not_expected():
    assert outcome(fault(19, "R", DAY=march(20)), said()) == ((), [])


def test_a_fault_of_a_day_that_was_run_in_vain_is_missed():
    told = replace(said(), driven=(march(20),))
    assert outcome(fault(19, "R", DAY=march(20)), told)[0] == missed(19)


def test_text_is_accepted_as_it_is():
    event = record(AE, AEDECOD="Nausea")
    assert outcome(fault(55, "C", AE, VALUE="Nausea"), said(adverse_event=[event]))[0] == caught(55)
    told = said(adverse_event=[event | {"AEDECOD": "Vomiting"}])
    assert outcome(fault(55, "C", AE, VALUE="Nausea"), told)[0] == wrong(55)
