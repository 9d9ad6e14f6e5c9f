"""Rows that are nowhere: by file and by natural key."""

import pytest

from safety.simulate.score import rows
from safety.simulate.score.read import Published
from safety.simulate.score.tally import Tally
from tests.simulate.score.made import WHO, fault, held, march, measurement, said, truth

ROW = f"LB|{WHO}|S5|NEUT"
SENT = {"DAY": march(5), "FEED": "central_lab", "FILE": "lb.csv", "DOMAIN": "LB", "ROWS": "10",
        "USABLE": "Y"}  # fmt: skip
FILE = {"DAY": march(5), "FEED": "central_lab", "DOMAIN": "LB", "NAME": "lb.csv", "RECEIVED": 10,
        "ACCEPTED": 8, "QUARANTINED": 1, "DUPLICATES": 1}  # fmt: skip


def counted(sent, *files):
    part = rows.part(truth(deliveries=[sent]), said(files=list(files)))
    return part.tallies, [line.reason for line in part.lines]


def test_every_row_is_in_a_place():
    assert counted(SENT, FILE) == ((Tally("LB", 10, 10),), [])


def test_a_row_in_no_place_is_lost():
    assert counted(SENT, FILE | {"ACCEPTED": 7}) == (
        (Tally("LB", 10, 9, 1),), ["10 rows received, 9 in a place"],
    )  # fmt: skip


def test_superseded_and_deleted_rows_have_a_place():
    file = FILE | {"ACCEPTED": 5, "SUPERSEDED": 2, "DELETED": 1}
    assert counted(SENT, file)[0] == (Tally("LB", 10, 10),)


def test_rows_that_were_not_read_and_a_file_without_an_account():
    assert counted(SENT | {"ROWS": "12"}, FILE) == (
        (Tally("LB", 12, 10, 2),), ["12 rows delivered, 10 received"],
    )  # fmt: skip
    file = FILE | {"RECEIVED": 0, "ACCEPTED": 0, "QUARANTINED": 0, "DUPLICATES": 0}
    assert counted(SENT, file | {"FILE_REASON": "no rows (fault 51)"}) == (
        (Tally("LB", 10, 0, 10),), ["10 rows delivered, 0 received: no rows (fault 51)"],
    )  # fmt: skip
    assert counted(SENT, FILE | {"DAY": march(6)}) == (
        (Tally("LB", 10, 0, 10),), ["10 rows; toxwatch has no account of the file"],
    )  # fmt: skip


def test_a_usable_file_that_is_held_is_wrong_but_not_lost():
    file = FILE | {"RECEIVED": 0, "FILE_STATUS": "held", "FILE_REASON": "column X is gone"}
    assert counted(SENT, file) == (
        (Tally("LB", 10, 0, 0, wrong=10),), ["10 rows of a usable file are held: column X is gone"],
    )  # fmt: skip


def test_two_files_of_a_domain_on_a_day_have_an_account_each():
    other = FILE | {"NAME": "2024-03-05/lb_2.csv", "RECEIVED": 3, "ACCEPTED": 3, "QUARANTINED": 0,
                    "DUPLICATES": 0}  # fmt: skip
    assert counted(SENT, FILE, other)[1] == []
    assert counted(SENT | {"FILE": "lb_2.csv", "ROWS": "3"}, FILE, other)[1] == []


def test_an_unusable_file_is_not_expected():
    assert counted(SENT | {"USABLE": "N"}) == ((), [])


def by_key(came, told, *faults, deliveries=()):
    found = rows.part(truth(rows=came, faults=list(faults), deliveries=list(deliveries)), told)
    (tally,) = [t for t in found.tallies if t.name == "rows by key"] or [Tally("rows by key")]
    lost = [(line.what, line.day, line.reason) for line in found.lines if line.name == tally.name]
    return tally.expected, tally.hit, lost


def version(day, came=None, row=ROW, **changes):
    return {"ROW": row, "KNOWN": march(day), "CAME": march(came or day)} | changes


NOW = "in no record and not in quarantine on 2024-03-13"
EVER = "in no record and not in quarantine on any day"


def test_a_row_that_came_and_is_nowhere():
    assert by_key([version(5)], said()) == (1, 0, [(ROW, march(5), NOW)])
    for told in (said(measurement=[measurement(ROW)]), said(quarantine=[held(ROW)])):
        assert by_key([version(5)], told) == (1, 1, [])


def test_a_row_that_did_not_come_is_not_expected():
    assert by_key([version(5) | {"CAME": ""}], said()) == (0, 0, [])
    assert by_key([version(14)], said()) == (0, 0, [])


def test_a_row_that_was_there_once_and_is_gone_is_lost():
    for told in (said(measurement=[measurement(ROW, 5, 8)]), said(quarantine=[held(ROW, 5, 8)])):
        assert by_key([version(5)], told) == (1, 0, [(ROW, march(5), NOW)])
    moved = said(measurement=[measurement(ROW, 8)], quarantine=[held(ROW, 5, 8)])
    assert by_key([version(5)], moved) == (1, 1, [])


def test_the_newest_version_that_came_decides_not_the_last_that_came():
    late = [version(5), version(7, DELETED="Y"), version(6, came=9)]
    assert by_key(late, said(measurement=[measurement(ROW, 5, 7)])) == (1, 1, [])
    again = [version(5), version(6, DELETED="Y"), version(7)]
    assert by_key(again, said(measurement=[measurement(ROW, 5, 6)])) == (
        1, 0, [(ROW, march(7), NOW)],
    )  # fmt: skip
    unknown = [version(5), version(7, DELETED="Y") | {"CAME": ""}]
    assert by_key(unknown, said(measurement=[measurement(ROW, 5, 7)]))[1] == 0


def test_a_row_that_was_taken_back_before_it_could_be_seen():
    assert by_key([version(5), version(6, came=5, DELETED="Y")], said()) == (0, 0, [])
    later = [version(5), version(6, came=7, DELETED="Y")]
    assert by_key(later, said()) == (1, 0, [(ROW, march(5), EVER)])
    assert by_key(later, said(measurement=[measurement(ROW, 5, 7)])) == (1, 1, [])
    assert by_key(later, said((march(4), march(7)))) == (0, 0, [])
    assert by_key(later, said((march(4), march(6))))[:2] == (1, 0)
    assert by_key(later[1:], said()) == (0, 0, [])


def test_a_row_with_a_fault_in_its_key_is_looked_for_under_the_key_it_came_with():
    given = "LB|SIM-T1-001-999|S5|NEUT"
    for number in (1, 54):
        wrong = fault(number, "R", given)
        assert by_key([version(5)], said(), wrong)[1] == 0
        assert by_key([version(5)], said(quarantine=[held(given)]), wrong) == (1, 1, [])
    share = fault(26, "C", f"{ROW}LE")
    assert by_key([version(5)], said(measurement=[measurement(f"{ROW}LE")]), share) == (1, 1, [])


def test_a_corrected_key_is_no_place_any_more():
    given = "LB|SIM-T1-001-999|S5|NEUT"
    told = said(quarantine=[held(given)])
    right = fault(1, "R", given, CORRECTED=march(8))
    assert by_key([version(5), version(8)], told, right) == (1, 0, [(ROW, march(8), NOW)])


def test_another_fault_of_a_row_is_no_excuse():
    assert by_key([version(5)], said(), fault(19, "R", ROW))[1] == 0
    assert by_key([version(5)], said(), fault(3, "R", ROW))[1] == 0
    assert by_key([version(5)], said(quarantine=[held(ROW)]), fault(3, "R", ROW))[1] == 1


def extract(day, content=None, damage="", file="lb.csv"):
    return SENT | {"DAY": march(day), "CONTENT": march(content or day), "DAMAGE": damage,
                   "FILE": file}  # fmt: skip


def test_rows_of_a_file_that_is_held_are_kept():
    stopped = said(files=[FILE | {"FILE_STATUS": "held", "FILE_REASON": "column X is gone"}])
    assert by_key([version(5)], stopped) == (1, 1, [])
    whole = [extract(5), extract(6)]
    assert by_key([version(5)], stopped, deliveries=whole)[1] == 0  # the next one has them too
    changes = [extract(5), extract(6, file="lb_2.csv")]
    assert by_key([version(5)], stopped, deliveries=changes)[1] == 1
    assert by_key([version(5)], stopped, deliveries=whole[:1])[1] == 1


def test_a_row_that_the_last_extract_is_too_old_for_is_not_due():
    sent = [extract(5), extract(6, content=4, damage="old extract")]
    assert by_key([version(5)], said(), deliveries=sent)[1] == 1
    assert by_key([version(4, came=5)], said(), deliveries=sent)[1] == 0
    assert by_key([version(5)], said(), deliveries=[*sent, extract(7)])[1] == 0
    assert by_key([version(5)], said(), deliveries=[extract(6) | {"CONTENT": ""}])[1] == 0


@pytest.mark.parametrize(("status", "lost"), [("used", 0), ("superseded", 1)])
def test_rows_that_a_damaged_file_in_use_lacks_never_came(status, lost):
    sent = [extract(5), extract(6, damage="a third of subjects gone") | {"USABLE": "N"}]
    used = said(files=[FILE | {"DAY": march(6), "FILE_STATUS": status}])
    assert len(by_key([version(5)], used, deliveries=sent)[2]) == lost


def test_truth_reaches_to_the_last_day_that_was_run():
    few = Published((march(4),), {}, driven=(march(4), march(5)))
    assert by_key([version(5)], few)[:2] == (1, 0)
    assert [t.missed for t in rows.part(truth(deliveries=[SENT]), few).tallies] == [10]
    short = Published((march(4),), {}, driven=(march(4),))
    assert by_key([version(5)], short)[:2] == (0, 0)
    assert rows.part(truth(deliveries=[SENT]), short).tallies == ()
