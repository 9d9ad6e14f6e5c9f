"""Which results raise an alert: each rule fires in one case and stays silent in its neighbour."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from safety.store import tables
from safety.store.engine import reader
from tests import build, databases, delivery, prepared, trial

pytestmark = pytest.mark.xdist_group("alert rules")  # what they share is made once


def platelets(value: str, day: str = "2024-04-01", **changes: str):
    """A count after the 21-day window, so that no DLT rule meets it."""
    return build.measurement(
        "PLAT", value, "10^9/L", day, LBORNRLO="125", LBORNRHI="350", VISITNUM=day, **changes
    )


def neutrophils(value: str, day: str = "2024-03-10"):
    return build.measurement("NEUT", value, "10^9/L", day, LBORNRLO="1.8")


def late(**changes: str | None):
    """An event after the window."""
    values = {"AESTDTC": "2024-03-28", "AEDECOD": "RASH", "AESEV": None, "AEOUT": None}
    return build.event(**values | changes)


def rash(**changes: str | None):
    """An event of grade 3 on the last day of the window."""
    values = {"AEDECOD": "RASH", "AETOXGR": "3", "AESTDTC": "2024-03-21", "AEREL": "POSSIBLE"}
    return build.event(**values | changes)


def held(line: str):
    return [("HELD4", "P2", False, f"{line} in a held row")]


PLATELETS_4 = [("GRADE4", "P2", True, "Platelet count decreased: grade 4")]
CANDIDATE = [("DLT", "P1", True, "DLT candidate P1: RASH")]
HARD_TO_READ = (".3", "0.2 L", "< .5", "0,2")
DEAD = build.subject(DTHFL="Y", DTHDTC="2024-03-28")
SEPSIS = build.event(AEDECOD="SEPSIS", AETOXGR="5", AEOUT="FATAL", AESTDTC="2024-03-28")
# Each is a subject of one delivery: what differs from an uneventful course, and its alerts but
# those of the data: (rule, tier, verified, line).
CASES = {
    "nothing": ({}, []),
    "grade 4": ({"lb": [platelets("24.9")]}, PLATELETS_4),
    "grade 3": ({"lb": [platelets("25")]}, []),
    "grade 4 before the first dose": ({"lb": [platelets("20", "2024-02-20")]}, []),
    "grade 4 that was there at baseline is not new": (
        {"lb": [platelets("20", "2024-02-20"), platelets("19")]}, [],
    ),
    "each episode alarms once": (
        {"lb": [platelets("20", "2024-03-25"), platelets("15", "2024-03-27"),
                platelets("200", "2024-03-29"), platelets("24", "2024-03-31")]},
        PLATELETS_4 * 2,
    ),
    "the strongest value of an episode speaks for it": (
        {"lb": [platelets("60", "2024-03-27"), platelets("<50", "2024-03-28"),
                platelets("10", "2024-03-30")]},
        PLATELETS_4,
    ),
    "a bound that allows grade 4": (
        {"lb": [platelets("<50")]},
        [("GRADE4", "P2", False, "Platelet count decreased: possibly grade 3 or 4")],
    ),
    "a bound that does not": ({"lb": [platelets(">50")]}, []),
    "event of grade 5": (
        {"ae": [late(AETOXGR="5", AEOUT="FATAL")]}, [("GRADE4", "P1", True, "RASH: grade 5")],
    ),
    "event of grade 4": ({"ae": [late(AETOXGR="4")]}, [("GRADE4", "P1", True, "RASH: grade 4")]),
    "event of grade 3": ({"ae": [late(AETOXGR="3")]}, []),
    "severe event": (
        {"ae": [late(AETOXGR=None, AESEV="SEVERE")]},
        [("GRADE4", "P2", False, "RASH: possibly grade 3 or 4")],
    ),
    "moderate event": ({"ae": [late(AETOXGR=None, AESEV="MODERATE")]}, []),
    "event without grade and severity": (
        {"ae": [late(AETOXGR=None, AESEV=None)]},
        [("GRADE4", "P2", False, "RASH: possibly grade 1 or 2 or 3 or 4 or 5")],
    ),
    "event of grade 4 before the first dose": (
        {"ae": [late(AETOXGR="4", AESTDTC="2024-02-01")]}, [],
    ),
    "a candidate in the window": ({"ae": [rash()]}, CANDIDATE),
    "an unrelated event is no candidate": ({"ae": [rash(AEREL="NONE")]}, []),
    "missing attribution counts as related": ({"ae": [rash(AEREL=None)]}, CANDIDATE),
    "an onset that may be in the window": (
        {"ae": [rash(AESTDTC="2024-03", AEENDTC=None)]},
        [("DLT", "P1", False, "DLT candidate P1: RASH (cannot be judged yet)")],
    ),
    "a held event that may be dose-limiting": (
        {"ae": [rash(AESTDTC="2024-13-05")]}, held("RASH: possibly grade 3"),
    ),
    "a held event of grade 4 of nobody we know": (
        {"dm": [], "ex": [], "lb": [], "vs": [],
         "ae": [build.event(AEDECOD="RASH", AETOXGR="4")]},
        held("RASH: possibly grade 4"),
    ),
    "a doubtful dose does not move the first dose": (
        {"ex": [build.dose(EXDOSE="10 mg"), build.dose(start="2024-03-22")],
         "lb": [neutrophils("0.3")]},
        [("DLT", "P1", True, "DLT candidate P2: Neutrophil count decreased"),
         ("GRADE4", "P2", True, "Neutrophil count decreased: grade 4")],
    ),
    "a death that only DM tells": (
        {"dm": [DEAD]}, [("DEATH", "P1", True, "Death without a fatal adverse event")],
    ),
    "a death that an event tells": (
        {"dm": [DEAD], "ae": [SEPSIS]}, [("GRADE4", "P1", True, "SEPSIS: grade 5")],
    ),
    "a subject with a name": (
        {"dm": [build.subject(BRTHDTC="1960-05-17", SUBJNAM="Jane Roe")],
         "lb": [platelets("20")]},
        PLATELETS_4,
    ),
}  # fmt: skip
SUBJECTS = {case: f"S{n}" for n, case in enumerate([*CASES, *HARD_TO_READ], start=1)}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with one delivery of every case."""
    place = tmp_path_factory.mktemp("cases")
    cases = {SUBJECTS[case]: delivery.rows(**rows) for case, (rows, _) in CASES.items()}
    cases |= {SUBJECTS[t]: delivery.rows(lb=[neutrophils(t, "2024-04-01")]) for t in HARD_TO_READ}
    used = delivery.settings(place)
    delivery.write(place, prepared.together(cases))
    delivery.run(used)
    yield place
    databases.forget(place)


@pytest.fixture(scope="module")
def raised(home):
    """What was told of each subject, but alerts of the data: (rule, tier, verified, line)."""
    table = delivery.snapshot(delivery.settings(home))[0].alerts("T1")
    found = {subject: [] for subject in SUBJECTS.values()}
    for a in table[table["RULE"].ne("DATA")].itertuples(index=False):
        line = a.BODY.split("\n")[0]
        found.setdefault(a.USUBJID, []).append((a.RULE, a.TIER, bool(a.VERIFIED), line))
    return found


@pytest.mark.parametrize("case", CASES)
def test_what_alarms_and_what_is_silent(raised, case):
    assert raised[SUBJECTS[case]] == CASES[case][1]


@pytest.mark.parametrize("text", HARD_TO_READ)
def test_a_result_that_is_hard_to_read_is_never_silent(raised, text):
    assert len(raised[SUBJECTS[text]]) == 1


def test_nobody_else_is_told_of(raised):
    assert set(raised) == set(SUBJECTS.values())


def test_no_name_or_birth_date_is_in_an_alert(home):
    named = SUBJECTS["a subject with a name"]
    mails = [p.read_text() for p in (home / "alerts").glob("*.eml")]
    assert len([m for m in mails if f"T1 {named}: Platelet count" in m]) == 1
    assert "1960" not in "".join(mails)
    assert "Roe" not in "".join(mails)


def test_a_death_that_only_ds_tells_alarms(tmp_path):
    used = delivery.trial_settings(tmp_path)
    rows = delivery.trial_rows(ds=[trial.disposition()])
    delivery.write(tmp_path, rows)
    delivery.run(used)
    table = delivery.snapshot(used)[0].alerts("T1")
    bodies = table.loc[table["RULE"].eq("DEATH"), "BODY"].tolist()
    assert [b.split("\n")[0] for b in bodies] == ["Death without a fatal adverse event"]


LATE = {"AEDECOD": "RASH", "AESTDTC": "2024-03-28"}
VOMITING = build.event("1", AETOXGR="4", AESTDTC="2024-03-28", AEDECOD="VOMITING")
SHOCK = build.event("1", AETOXGR="4", AESTDTC="2024-03-28", AEDECOD="ANAPHYLAXIS")
# Each is a subject of two deliveries: its event in the first and in the second.
CHANGING = {
    "S1": ({"AETOXGR": None, "AESEV": "SEVERE"}, {"AETOXGR": "5", "AEOUT": "FATAL"}),
    "S2": ({"AETOXGR": "4"}, {"AETOXGR": "4", "AEACN": "DRUG WITHDRAWN"}),
    "S3": ({"AETOXGR": "5", "AEOUT": "FATAL"}, {"AETOXGR": "4"}),
}
NUMBERED_ANEW = {"S4": ([VOMITING], [SHOCK, VOMITING | {"AESEQ": "2"}])}


@pytest.fixture(scope="module")
def changed(tmp_path_factory):
    """Settings of a home with two deliveries."""
    place = tmp_path_factory.mktemp("changed")
    used = delivery.settings(place)
    events = {who: [[build.event(**LATE | e)] for e in both] for who, both in CHANGING.items()}
    for number in (0, 1):
        cases = {who: delivery.rows(ae=both[number])
                 for who, both in (events | NUMBERED_ANEW).items()}  # fmt: skip
        delivery.write(place, prepared.together(cases))
        delivery.run(used)
    yield used
    databases.forget(place)


@pytest.mark.parametrize(
    ("subject", "kinds", "says"),
    [
        ("S1", ["raise", "worsen"], "RASH: grade 5"),  # unverified, then certain and worse
        ("S2", ["raise"], "RASH: grade 4"),
        ("S3", ["raise", "lower"], "RASH: grade 4"),
    ],
)
def test_a_known_alert_that_changes_its_grade_is_told_again(changed, subject, kinds, says):
    table = delivery.snapshot(changed)[0].alerts("T1")
    table = table[table["USUBJID"].eq(subject)]
    table = table[table["RULE"].ne("DATA")]  # a fatal event of a subject who did not die
    assert len(table) == 1
    assert table["MESSAGES"].item() == table["SENT"].item() == len(kinds)
    assert (table["TIER"].item(), table["VERIFIED"].item()) == ("P1", 1)
    assert table["BODY"].item().startswith(says)
    mine = tables.outbox.c.alert_id == table["ALERT_ID"].item()
    engine = reader(changed.db_url)
    with engine.connect() as connection:
        sent = select(tables.outbox.c.kind).where(mine).order_by(tables.outbox.c.id)
        assert connection.scalars(sent).all() == kinds
    engine.dispose()


def test_events_numbered_anew_are_not_taken_for_the_old_ones(changed):
    alerts = delivery.snapshot(changed)[0].alerts("T1")
    bodies = alerts.loc[alerts["USUBJID"].eq("S4"), "BODY"]
    assert any(b.startswith("ANAPHYLAXIS: grade 4") for b in bodies)
    told = "SELECT count(*) FROM outbox WHERE subject LIKE '%T1 S4: ANAPHYLAXIS: grade 4%'"
    assert databases.rows(changed.db_url, told) == [(1,)]  # not silently another text
