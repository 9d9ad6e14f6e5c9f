"""Rows that are nowhere: by file and by natural key."""

from safety.simulate.score import rows
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


def test_a_row_that_came_and_was_never_seen():
    came = [{"ROW": ROW, "KNOWN": march(5), "CAME": march(5)}]
    assert rows.part(truth(rows=came), said()).tallies == (Tally("rows by key", 1, 0, 1),)
    for told in (said(measurement=[measurement(ROW)]), said(quarantine=[held(ROW)])):
        assert rows.part(truth(rows=came), told).tallies == ()


def test_a_row_that_was_taken_back_before_it_could_be_seen():
    came = {"ROW": ROW, "KNOWN": march(5), "CAME": march(5)}
    gone = came | {"KNOWN": march(6), "DELETED": "Y"}
    assert rows.part(truth(rows=[came, gone]), said()).tallies == ()
    later = gone | {"CAME": march(7)}
    assert rows.part(truth(rows=[came, later]), said()).tallies == (Tally("rows by key", 1, 0, 1),)


def test_a_row_with_a_fault_in_its_key_was_seen_under_another_one():
    came = [{"ROW": ROW, "KNOWN": march(5), "CAME": march(5)}]
    wrong = fault(1, "R", "LB|SIM-T1-001-999|S5|NEUT")
    assert rows.part(truth(rows=came, faults=[wrong]), said()).tallies == ()
    visit = [{"ROW": f"SV|{WHO}|DAY 8|2024-03-05", "KNOWN": march(5), "CAME": march(5)}]
    wrong = fault(8, "R", f"SV|{WHO}|DAY 8|2024-13-05")
    assert rows.part(truth(rows=visit, faults=[wrong]), said()).tallies == ()
