"""Clean rows that were accused, and what is no accusation."""

from safety.simulate.score import accused
from safety.simulate.score.read import Published
from tests.simulate.score.made import WHO, checked, fault, held, march, said, truth

ROW, TWIN, OTHER = (f"LB|{WHO}|{name}" for name in ("S5|NEUT", "S5|PLAT", "S9|NEUT"))
DM = f"DM|{WHO}"


def came(*rows: str, day: int = 4):
    return [{"ROW": r, "KNOWN": march(day), "CAME": march(day)} for r in rows]


def counted(told, *faults, rows=None):
    part = accused.part(truth(rows=rows or came(DM, ROW, TWIN, OTHER), faults=list(faults)), told)
    return part.total.expected, part.total.hit, part.total.false


def lines(told, *faults):
    known = truth(rows=came(DM, ROW, TWIN, OTHER), faults=list(faults))
    return [(line.what, line.day) for line in accused.part(known, told).lines]


def test_nobody_is_accused():
    assert counted(said()) == (4, 4, 0)


def test_a_clean_row_in_quarantine_and_one_that_is_asked_about():
    assert counted(said(quarantine=[held(ROW)])) == (4, 3, 1)
    assert counted(said(**checked(OTHER, "fault 13"))) == (4, 3, 1)


def test_a_row_counts_once_under_its_check():
    told = said(**checked(ROW, "fault 19", "reject"), quarantine=[held(ROW)])
    part = accused.part(truth(rows=came(DM, ROW)), told)
    assert [(t.name, t.expected, t.hit, t.false) for t in part.tallies] == [
        ("clean rows", 2, 1, 0), ("LB-1", 0, 0, 1),
    ]  # fmt: skip


def test_a_check_that_cites_no_fault_accuses_too():
    assert counted(said(**checked(ROW, "CTCAE v5.0"))) == (4, 3, 1)
    assert counted(said(**checked(ROW, "", "reject"))) == (4, 3, 1)


def test_a_flag_and_what_is_said_of_a_file_accuse_nobody():
    assert counted(said(**checked(ROW, "fault 20", "warn"))) == (4, 4, 0)
    assert counted(said(**checked(ROW, "fault 51"))) == (4, 4, 0)
    assert counted(said(**checked(ROW, "faults 13 and 51"))) == (4, 3, 1)


def test_a_row_with_a_fault_is_not_clean():
    assert counted(said(quarantine=[held(ROW)]), fault(19, "R", ROW)) == (3, 3, 0)


def test_nor_is_one_with_a_fault_in_its_key():
    assert counted(said(), fault(1, "R", "LB|SIM-T1-001-999|S5|NEUT")) == (3, 3, 0)


def test_rows_of_the_same_sample_follow_from_the_fault():
    assert counted(said(**checked(TWIN, "fault 13")), fault(19, "R", ROW)) == (3, 3, 0)
    assert counted(said(**checked(OTHER, "fault 13")), fault(19, "R", ROW)) == (3, 2, 1)


def test_that_of_a_sample_does_not_outlast_the_fault():
    bad = fault(19, "R", ROW, CORRECTED=march(8))
    assert counted(said(**checked(TWIN, "fault 13", last=8)), bad) == (3, 3, 0)
    told = said(**checked(TWIN, "fault 13"))
    assert counted(told, bad) == (3, 2, 1)
    assert lines(told, bad) == [(TWIN, march(8))]
    assert lines(said(**checked(TWIN, "fault 13", first=4)), bad) == [(TWIN, march(4))]


def test_the_other_row_of_a_pair_follows_from_the_same_fault():
    assert counted(said(**checked(OTHER, "fault 3")), fault(3, "Q", ROW)) == (3, 3, 0)
    assert counted(said(**checked(OTHER, "fault 2")), fault(2, "W", ROW)) == (3, 3, 0)
    elsewhere = fault(3, "Q", "LB|SIM-T1-001-002|S5|NEUT", USUBJID="SIM-T1-001-002")
    assert counted(said(**checked(OTHER, "fault 3")), elsewhere) == (4, 3, 1)


def test_a_fault_of_one_row_alone_excuses_no_other_row_of_the_subject():
    assert counted(said(**checked(OTHER, "fault 19")), fault(19, "R", ROW)) == (3, 2, 1)
    assert counted(said(quarantine=[held(OTHER)]), fault(19, "R", ROW)) == (3, 2, 1)


def test_a_pair_is_excused_from_the_first_delivery_of_its_fault_to_the_correction():
    pair = fault(3, "Q", ROW, CORRECTED=march(8))
    assert lines(said(**checked(OTHER, "fault 3", last=8)), pair) == []
    assert lines(said(**checked(OTHER, "fault 3", last=9)), pair) == [(OTHER, march(8))]
    assert lines(said(**checked(OTHER, "fault 3", first=4, last=6)), pair) == [(OTHER, march(4))]
    late = fault(3, "Q", TWIN, DAY=march(8))
    assert lines(said(**checked(OTHER, "fault 3")), pair, late) == []


def test_a_correction_is_seen_by_the_next_run_that_published():
    pair = fault(3, "Q", ROW, CORRECTED=march(8))
    days = (march(5), march(6), march(10))
    assert lines(said(days, **checked(OTHER, "fault 3", last=10)), pair) == []
    assert lines(said(days[:2], **checked(OTHER, "fault 3")), pair) == []


def test_rows_of_a_subject_that_is_not_known_yet():
    rows = [*came(ROW, TWIN, OTHER), *came(DM, day=7)]
    assert counted(said(quarantine=[held(ROW, 4, 7)]), rows=rows) == (4, 4, 0)
    assert counted(said(quarantine=[held(ROW, 4)]), rows=rows) == (4, 3, 1)
    assert counted(said(quarantine=[held(ROW, 7)]), rows=rows) == (4, 3, 1)


def test_rows_of_a_subject_whose_own_row_has_a_fault_while_it_has():
    told = said(quarantine=[held(ROW)])
    assert counted(told, fault(54, "R", DM, DOMAIN="DM")) == (3, 3, 0)
    assert counted(told, fault(54, "R", DM, DOMAIN="DM", CORRECTED=march(8))) == (3, 2, 1)
    assert counted(told, fault(54, "R", DM, DOMAIN="DM", DAY=march(6))) == (3, 2, 1)
    assert counted(told, fault(2, "W", DM, DOMAIN="DM")) == (3, 2, 1)


def test_rows_count_up_to_the_last_day_that_was_run():
    rows = [*came(DM, day=4), *came(ROW, day=9)]
    short = (march(4), march(5))
    assert accused.part(truth(rows=rows), said(short)).total.expected == 1
    driven = Published(short, {}, driven=(*short, march(9)))
    assert accused.part(truth(rows=rows), driven).total.expected == 2


def test_rows_that_never_came_are_no_rows():
    rows = [*came(DM), {"ROW": ROW, "KNOWN": march(4), "CAME": ""}]
    assert counted(said(), rows=rows) == (1, 1, 0)
