"""Reported adverse events of one subject, with what their supplemental qualifiers say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from math import isnan
from typing import NamedTuple

from safety.assess.building import endings
from safety.assess.building.endings import contradicted, open_end
from safety.assess.building.rows import ANY_DAY, Dated, Notes, lasting, period_of, source
from safety.assess.facts import Report
from safety.assess.moments import Moment
from safety.ctcae import catalogue
from safety.ctcae.search import same_name
from safety.intake.outcomes import ONGOING
from safety.study.model import Study

MANY = 3  # of five grades: more of them say nothing
WHOLE = ""  # the treatment as a whole, where a study names no drugs
CRITERIA = ("AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG", "AESMIE")
Period = tuple[Moment, Moment | None]
Told = Mapping[str, tuple[str, ...]]  # by QNAM: the different values, "" for a blank one


class Event(NamedTuple):
    """A row of `grade_events`."""

    USUBJID: str
    KEY: str
    AESEQ: str
    GRPID: str
    AETERM: str
    AEDECOD: str
    AELLT: str
    AEBODSYS: str
    AETOXGR: str
    AETOXGRN: float
    AESEV: str
    POSSIBLE: str
    AESER: str
    AESDTH: str
    AESLIFE: str
    AESHOSP: str
    AESDISAB: str
    AESCONG: str
    AESMIE: str
    AEREL: str
    AEACN: str
    AEOUT: str
    ENRF: str
    STDTC: str
    ENDTC: str
    SRCFILE: str
    SRCROW: int


class Supplement(NamedTuple):
    """A row of SUPPAE."""

    USUBJID: str
    KEY: str
    RDOMAIN: str
    IDVAR: str
    IDVARVAL: str
    QNAM: str
    QVAL: str


class Reading:
    """How a study's reported events are read; the same for all its subjects."""

    def __init__(self, study: Study) -> None:
        drugs = study.treatment.drugs if study.treatment else {}
        self.causality = {d: _upper(drug.attribution) for d, drug in drugs.items()} or {WHOLE: ""}
        self.action = {d: _upper(drug.action) for d, drug in drugs.items() if drug.action}
        self.supplements = study.supplements
        self.severities = frozenset(study.severity.values if study.severity else ())
        self._scale = dict.fromkeys(study.attribution.related, True)
        self._scale |= dict.fromkeys(study.attribution.unrelated, False)
        self._version = study.ctcae
        codings = [d.coding for f in study.feeds for d in f.domains.values() if d.coding]
        self._is_coded = bool(codings)
        self._term = codings[0].term if codings else "AEDECOD"

    def term(self, row: Event) -> str:
        """Return the term as reported: coded, else in the site's words."""
        coded = {"AEDECOD": row.AEDECOD, "AELLT": row.AELLT, "AETERM": row.AETERM}[self._term]
        return coded or row.AEDECOD or row.AETERM

    def in_ctcae(self, term: str, key: str, notes: Notes) -> catalogue.Term | None:
        """Return the CTCAE term of a reported one: of its name, else of the one it is usual for."""
        found = catalogue.by_name(term, self._version)
        if found is not None or not self._is_coded:
            return found
        meant = same_name(term, self._version)
        if len(meant) != 1:
            notes.add(key, f"{term[:60]!r} is no CTCAE term; code it")
            return None
        notes.add(key, f"{term[:60]!r} is no CTCAE term, read as {meant[0].term}; code it so")
        return meant[0]

    def related(self, values: Iterable[str], key: str, notes: Notes) -> bool | None:
        """Return whether any of some attributions says related; None where one says nothing."""
        answers = []
        for value in values:
            answer = self._scale.get(value.strip().upper())
            if value.strip() and answer is None:
                notes.add(
                    key, f"attribution {value[:40]!r} is not on the study's scale; correct it"
                )
            answers.append(answer)
        if True in answers:
            return True
        return None if None in answers or not answers else False


def reports(
    events: Iterable[Event], supplements: Iterable[Supplement], reading: Reading, notes: Notes
) -> tuple[Report, ...]:
    """Return the reported events by start."""
    rows = list(events)
    told = _told(supplements)
    used = {("AESEQ", r.AESEQ) for r in rows} | {("AEGRPID", r.GRPID) for r in rows}
    for id_var, value in told:
        if (id_var, value) not in used:
            notes.add("SUPPAE", f"{id_var} {value} is no adverse event of this subject")
    found, goes_on = [], contradicted(map(_ending, rows))
    for row in rows:
        of_group = told.get(("AEGRPID", row.GRPID), {}) if row.GRPID else {}
        of_row = {**of_group, **told.get(("AESEQ", row.AESEQ), {})}
        start, end = _period(row, notes)
        period = start, open_end(end) if row.KEY in goes_on else end
        found.append(_report(row, of_row, period, reading, notes))
    return tuple(sorted(found, key=lambda r: (r.start, r.term, r.source)))


def _ending(row: Event) -> endings.Told:
    event = row.GRPID or row.AEDECOD or row.AETERM
    goes_on = row.AEOUT in ONGOING or row.ENRF.upper() == "ONGOING"
    return endings.Told(row.KEY, event, goes_on, row.STDTC, row.ENDTC)


def _told(supplements: Iterable[Supplement]) -> dict[tuple[str, str], dict[str, tuple[str, ...]]]:
    values: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in supplements:
        if row.RDOMAIN == "AE":
            values[row.IDVAR, row.IDVARVAL][row.QNAM].add(row.QVAL)
    return {ref: {q: tuple(sorted(v)) for q, v in names.items()} for ref, names in values.items()}


def _report(row: Event, told: Told, period: Period, reading: Reading, notes: Notes) -> Report:
    reported = reading.term(row)
    term = reading.in_ctcae(reported, row.KEY, notes)
    name = term.term if term else reported
    start, end = period
    lowest, highest = _grades(row, term, reading, notes)
    says, grade = reading.supplements, row.AETOXGR or _may_be(row.POSSIBLE)
    return Report(
        term=name,
        soc=term.soc if term else row.AEBODSYS,
        group=row.GRPID,
        start=start,
        end=end,
        lowest=lowest,
        highest=highest,
        grade_text=row.AETOXGR,
        related=_related(row, told, reading, notes),
        other_cause=any(v.upper() not in ("", "N") for v in _values(told, says.other_cause)),
        symptomatic=_yes_or_no(_values(told, says.symptomatic)),
        serious="Y" in (row.AESER, *(getattr(row, c) for c in CRITERIA)),
        fatal=row.AESDTH == "Y" or row.AEOUT == "FATAL" or row.AETOXGRN == 5,
        action=row.AEACN,
        actions=_actions(told, reading),
        investigator_dlt=_yes_or_no(
            tuple(v for alias in says.investigator_dlt for v in _values(told, alias))
        ),
        source=source(
            f"{name} grade {grade}{lasting(start, end)}",
            row.STDTC, row.KEY, row.SRCFILE, row.SRCROW,
        ),
    )  # fmt: skip


def _may_be(possible: str) -> str:
    """Return, in words, which grades severity and outcome leave to an event without one."""
    grades = possible.split("|")
    if len(grades) > MANY:
        return "not given"
    return f"not given, {' or '.join(grades)} by severity and outcome"


def _period(row: Event, notes: Notes) -> Period:
    """Return start and end; a start that is not told may be any day up to the end."""
    start, end = period_of(Dated(row.KEY, row.STDTC, row.ENDTC), notes)
    if end is None and not row.ENDTC and row.AEOUT.startswith("RECOVERED"):
        notes.add(row.KEY, "is resolved but has no end date; add it")
    if start is not None:
        if not start.is_one_day and end is not None:  # it did not begin after it ended
            start = Moment(start.earliest, min(start.latest, max(end.latest, start.earliest)))
        if not start.is_one_day:
            notes.add(row.KEY, f"start {row.STDTC} is not a complete date; complete it")
        return start, end
    if not row.STDTC:
        notes.add(row.KEY, "has no start date; add it")
    return (ANY_DAY if end is None else Moment(ANY_DAY.earliest, end.latest)), end


def _grades(
    row: Event, term: catalogue.Term | None, reading: Reading, notes: Notes
) -> tuple[int, int]:
    """Return the lowest and highest grade it may have had.

    A grade that CTCAE does not have for the term is not used by itself (fault 33): the true one
    may be any up to it, or the mildest that exists if that is higher.
    """
    grades = [int(g) for g in row.POSSIBLE.split("|")]
    known = not isnan(row.AETOXGRN)
    if not row.AETOXGR and row.AESEV not in reading.severities:
        notes.add(row.KEY, "has no grade; add it")
    elif row.AETOXGR and not known:
        notes.add(row.KEY, f"grade {row.AETOXGR[:40]!r} is none of 1 to 5; correct it")
    elif known and term is not None and int(row.AETOXGRN) not in term.grades:
        notes.add(row.KEY, f"grade {row.AETOXGR} does not exist for {term.term}; adjudicate")
        return 1, max(*grades, term.grades[0])
    return grades[0], grades[-1]


def _related(row: Event, told: Told, reading: Reading, notes: Notes) -> dict[str, bool | None]:
    """Return attribution by drug; AEREL counts for each only where no drug has one of its own."""
    by_drug = any(qnam in told for qnam in reading.causality.values() if qnam)
    if not by_drug:
        whole = reading.related([row.AEREL], row.KEY, notes)
        return dict.fromkeys(reading.causality, whole)
    return {
        drug: reading.related(told.get(qnam, ()) if qnam else [row.AEREL], row.KEY, notes)
        for drug, qnam in reading.causality.items()
    }


def _actions(told: Told, reading: Reading) -> dict[str, str]:
    found = {d: [v.upper() for v in told.get(qnam, ()) if v] for d, qnam in reading.action.items()}
    return {drug: "; ".join(values) for drug, values in found.items() if values}


def _values(told: Told, qnam: str | None) -> tuple[str, ...]:
    return told.get(_upper(qnam), ()) if qnam else ()


def _yes_or_no(values: tuple[str, ...]) -> bool | None:
    """Return what Y or N says; None if neither or both are told."""
    answers = {v.upper() for v in values} & {"Y", "N"}
    return answers == {"Y"} if len(answers) == 1 else None


def _upper(text: str | None) -> str:
    return (text or "").strip().upper()
