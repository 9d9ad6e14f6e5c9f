"""Adverse events that are there twice, that should not be there, or that are missing."""

from __future__ import annotations

from dataclasses import replace

from safety.simulate.chance import Chance
from safety.simulate.deliveries import RowVersion
from safety.simulate.faults.events import OVER
from safety.simulate.faults.facts import day
from safety.simulate.faults.ground import Altered, Ground
from safety.simulate.faults.recipe import Action, Recipe
from safety.simulate.faults.terms import TESTS, grade
from safety.simulate.faults.vitals import free_row
from safety.simulate.sdtm.row import Source

FIRST_SEQ = 901  # of events that are planted
TERMS_BY_TEST = {test: term for term, test in TESTS.items()}
DAYS_WITHOUT_EVENT = 3
# A laboratory term whose test this site never does.
UNSUPPORTED = ("CPK increased", "肌酸激酶升高", "CK")


def _once(ground: Ground, v: RowVersion) -> bool:
    return ground.is_free(_about(ground, v))


def _about(ground: Ground, v: RowVersion) -> list[str]:
    return ground.facts.about.get((v.values["USUBJID"], v.values["AESEQ"]), [])


def _entered_twice(ground: Ground, v: RowVersion, _: Chance) -> bool:
    """The whole event again, under another number, with what is said of the drugs."""
    subject = v.values["USUBJID"]
    row, seq = free_row(ground, "AE", subject, FIRST_SEQ)
    changed = {"AESEQ": str(seq), "AEGRPID": str(seq)}
    copies = [replace(o, row=row, values={**o.values, **changed}) for o in ground.history(v.row)]
    about = [o for r in _about(ground, v) for o in ground.history(r)]
    said = [
        replace(o, row=f"SUPPAE|{subject}|AESEQ|{seq}|{o.values['QNAM']}",
                values={**o.values, "IDVARVAL": str(seq)})
        for o in about
    ]  # fmt: skip
    ground.add(*copies, *said)
    ground.take(v.row, *_about(ground, v))
    done = Altered({}, f"event {v.values['AESEQ']} entered again", spoils=False)
    ground.record(4, copies[0], done)
    return True


def _event(
    ground: Ground, fault: int, subject: str, dates: tuple[str, str], known: int,
    term: tuple[str, str], what: str,
) -> None:  # fmt: skip
    """Add an event of grade 1 that is over and unrelated: no rule can be met by it."""
    source = Source(ground.trial, subject)
    row, seq = free_row(ground, "AE", subject, FIRST_SEQ)
    start, end = dates
    values = {
        "AESEQ": str(seq), "AEGRPID": str(seq), "AETERM": term[1], "AEDECOD": term[0],
        "AECTCV": "5.0", "AETOXGR": "1", "AESER": "N", "AEREL": "UNRELATED",
        "AEACN": "DOSE NOT CHANGED", "AEOUT": OVER, "AESTDTC": start, "AEENDTC": end,
    }  # fmt: skip
    event = source.version("AE", row, known, values)
    said = [
        source.version(
            "SUPPAE", f"SUPPAE|{subject}|AESEQ|{seq}|{name}", known,
            {"IDVAR": "AESEQ", "IDVARVAL": str(seq), "QNAM": name, "QVAL": "UNRELATED"},
        )
        for name in ground.facts.attributions
    ]  # fmt: skip
    ground.add(event, *said)
    ground.record(fault, event, Altered({}, what, spoils=False))


def _consented(ground: Ground, v: RowVersion) -> bool:
    return bool(v.values["RFICDTC"]) and bool(ground.facts.attributions)


def _before_consent(ground: Ground, v: RowVersion, chance: Chance) -> bool:
    start = day(v.values["RFICDTC"], -chance.whole(10, 39))
    known = v.known + chance.whole(1, 7)
    if known > ground.last:
        return False
    what = f"began {start}, before consent"
    _event(ground, 12, v.values["USUBJID"], (start, day(start, 4)), known, ("Nausea", "恶心"), what)
    return True


def _no_result(ground: Ground, v: RowVersion) -> bool:
    subject = v.values["USUBJID"]
    measured = (subject, UNSUPPORTED[2]) in ground.facts.labs
    first = ground.facts.first_dose(subject)
    return bool(ground.facts.attributions) and bool(first) and not measured


def _unsupported(ground: Ground, v: RowVersion, chance: Chance) -> bool:
    subject = v.values["USUBJID"]
    first = ground.facts.first_dose(subject)
    start = day(first, chance.whole(3, 14))
    end = day(start, 3)
    known = ground.facts.number(end) + 2
    if known > ground.last:
        return False
    term, verbatim, test = UNSUPPORTED
    what = f"{term} without a result of {test}"
    _event(ground, 32, subject, (start, end), known, (term, verbatim), what)
    return True


def _reported_group(ground: Ground, v: RowVersion) -> list[str]:
    """Return the rows of AE of the events that this result shows."""
    term = TERMS_BY_TEST.get(v.values["LBTESTCD"], "")
    subject, when = v.values["USUBJID"], v.values["LBDTC"][:10]
    found: list[str] = []
    for (who, _), rows in ground.facts.events.items():
        values = [o.values for r in rows for o in ground.history(r)]
        if who != subject or not any(o["AEDECOD"] == term for o in values):
            continue
        first = min(o["AESTDTC"] for o in values)
        ends = [
            ground.history(r)[-1].values["AEENDTC"] or "9999" for r in rows if ground.history(r)
        ]
        if day(first, -3) <= when <= (max(ends) if max(ends) == "9999" else day(max(ends), 3)):
            found.extend(rows)
    return found


def _shown_and_reported(ground: Ground, v: RowVersion) -> bool:
    return grade(v) >= 3 and bool(_reported_group(ground, v))


def _never_entered(ground: Ground, v: RowVersion, _: Chance) -> bool:
    """The site never enters the event that a result of grade 3 or 4 shows."""
    events = _reported_group(ground, v)
    numbers = [r.split("|")[2] for r in events]
    subject = v.values["USUBJID"]
    about = [r for n in numbers for r in ground.facts.about.get((subject, n), [])]
    if not ground.is_free([*events, *about]):
        return False
    for row in (*events, *about):
        ground.replace(row, ())
    what = f"{v.values['LBTESTCD']} of grade {grade(v)} without an adverse event"
    ground.record(31, v, Altered({}, what, spoils=False))
    return True


RECIPES: tuple[Recipe, ...] = (
    Action(31, "LB", _shown_and_reported, _never_entered),
    Action(4, "AE", _once, _entered_twice),
    Action(12, "DM", _consented, _before_consent),
    Action(32, "DM", _no_result, _unsupported),
)
