"""What is known of one term: its facts, its numeric criteria in our own words, where it goes.

Source: the criteria table (NCI CTCAE v5.0, 27 Nov 2017), the catalogue, and NCI's wording where
the official workbook was imported.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

from safety.ctcae import catalogue, phrases
from safety.ctcae.catalogue import Change, Term
from safety.ctcae.criteria import Clause, Ladder, ladders
from safety.ctcae.official import TermWording

NUMERIC_VERSION = "5.0"
_POPULATIONS = ("adult", "adolescent", "child", "infant")
# What the grades mean in general, said in our own words.
MEANINGS = {
    1: "mild: hardly noticed, or found by tests only; needs no treatment",
    2: "moderate: gets in the way of daily tasks, or needs simple treatment",
    3: "severe: disabling, or a reason for a hospital stay, without immediate danger to life",
    4: "life-threatening: needs treatment at once",
    5: "death caused by the event",
}
# What is measured where no laboratory or vital-sign test is named.
_MEASURED = {
    "10012727": "stools",
    "10050068": "difference between the limbs in volume or girth",
    "10018761": "loss of growth velocity",
}
_HELD_BACK = {
    "suggest": "Suggested only, never assigned (D45): this version grades it by clinical facts.",
    "diagnosis": "Suggested only, never assigned (D46): a diagnosis, not a number, decides.",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One way to meet a grade, with the rows of the criteria table that say so."""

    grade: int
    text: str
    row_ids: tuple[str, ...]
    citation: str
    decisions: tuple[str, ...]  # where NCI's text leaves a gap: see docs/ctcae.md


@dataclass(frozen=True, slots=True)
class Section:
    """The lines of one test (or of several read alike) in one unit and one population.

    `measured` says what is measured where there is no test code.
    `unit` is empty where the value is only compared in the unit of its own reference limit.
    """

    tests: tuple[str, ...]
    measured: str
    specimen: str
    variant: str
    population: str
    unit: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that `toxwatch ctcae show` prints of a term. `clinical` holds what no number decides."""

    version: str
    term: Term
    sections: tuple[Section, ...]
    clinical: tuple[Line, ...]
    meanings: dict[int, str]
    remarks: tuple[str, ...]
    related: tuple[Change, ...]
    official: TermWording | None


class _Row(NamedTuple):
    clause: Clause
    tests: tuple[str, ...]
    ladder: Ladder


def explain(term: Term, version: str, official: TermWording | None = None) -> Explanation:
    """Explain a term of `version`; `official` is its NCI wording where that was imported."""
    rows = _rows(term.meddra_code) if version == NUMERIC_VERSION else []
    clinical = tuple(_clinical(rows))
    sections = tuple(_sections(rows))
    numeric = bool(sections)
    change = catalogue.successors if version == "5.0" else catalogue.predecessors
    return Explanation(
        version=version,
        term=term,
        sections=sections,
        clinical=clinical,
        meanings={} if numeric or version != NUMERIC_VERSION
        else {g: MEANINGS[g] for g in term.grades},
        remarks=tuple(_remarks(term, version, rows)),
        related=change(term.meddra_code),
        official=official,
    )  # fmt: skip


def as_json(explained: Explanation) -> dict[str, Any]:
    """Return an explanation as JSON values; grades are keys as text."""
    found = asdict(explained)
    found["meanings"] = {str(g): text for g, text in explained.meanings.items()}
    if explained.official is not None:
        found["official"]["grades"] = {str(g): t for g, t in explained.official.grades.items()}
    return found


def _rows(code: str) -> list[_Row]:
    """Return every row of a term once, with the tests it belongs to, in the order of the table."""
    first: dict[str, tuple[Clause, Ladder]] = {}
    tests: dict[str, dict[str, None]] = defaultdict(dict)
    for population in _POPULATIONS:
        for ladder in ladders(NUMERIC_VERSION, population):
            if ladder.meddra_code != code:
                continue
            for clause in ladder.clauses:
                first.setdefault(clause.row_id, (clause, ladder))
                tests[clause.row_id][ladder.testcd] = None
    return [
        _Row(clause, tuple(tests[row_id]), ladder)
        for row_id, (clause, ladder) in sorted(first.items())
    ]


def _sections(rows: Sequence[_Row]) -> Iterator[Section]:
    groups: dict[Section, list[Line]] = defaultdict(list)
    for alternative in _alternatives(rows):
        groups[_empty_section(alternative)].append(_line(alternative))
    for section, lines in groups.items():
        yield replace(section, lines=tuple(sorted(lines, key=lambda x: x.grade)))


def _alternatives(rows: Sequence[_Row]) -> Iterator[tuple[_Row, ...]]:
    """Yield the rows that must hold together. A1 and A2 are alternatives that each join A."""
    joined: dict[tuple[int, str], dict[str, list[_Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        clause = row.clause
        if clause.numeric and clause.joined:
            joined[clause.grade, clause.alternative[:1]][clause.alternative].append(row)
        elif clause.numeric:
            yield (row,)
    for (_, letter), members in joined.items():
        shared = members.pop(letter, [])
        for added in members.values() or [[]]:
            yield (*shared, *added)


def _empty_section(rows: tuple[_Row, ...]) -> Section:
    """Return the section that rows which hold together belong to, without its lines."""
    head = rows[0]
    tests = tuple(dict.fromkeys(t for r in rows for t in r.tests if t))
    units = {r.clause.unit for r in rows}
    return Section(
        tests=tests,
        measured="" if tests else _MEASURED.get(head.ladder.meddra_code, ""),
        specimen=head.ladder.specimen if len({r.ladder.specimen for r in rows}) == 1 else "",
        variant=head.ladder.variant,
        population=head.clause.population,
        unit=phrases.unit_name(units.pop()) if len(units) == 1 else "",
        lines=(),
    )


def _line(rows: tuple[_Row, ...]) -> Line:
    several = len({r.tests for r in rows}) > 1
    texts = [
        (f"{' or '.join(r.tests)} " if several else "")
        + phrases.clause(r.clause, r.ladder.direction)
        for r in rows
    ]
    return _cited(rows, "; together with ".join(texts) if several else _once(texts))


def _once(texts: list[str]) -> str:
    """Join texts of one test; a fact that all of them need is said once, at the end."""
    endings = {t.partition(", and ")[2] for t in texts}
    if len(texts) == 1 or len(endings) > 1:
        return " and ".join(texts)
    starts = " and ".join(t.partition(", and ")[0] for t in texts)
    return ", and ".join(filter(None, (starts, *endings)))


def _clinical(rows: Sequence[_Row]) -> Iterator[Line]:
    """Yield the facts that alone are enough for a grade, each once."""
    found: dict[tuple[int, str], list[_Row]] = defaultdict(list)
    for row in rows:
        if row.clause.fact_role in ("or", "sole"):
            found[row.clause.grade, phrases.fact(row.clause)].append(row)
    for (_, text), members in sorted(found.items()):
        yield _cited(tuple(members), text)


def _cited(rows: tuple[_Row, ...], text: str) -> Line:
    head = rows[0]
    decisions = tuple(sorted({d for r in rows for d in r.clause.decisions}))
    row_ids = tuple(r.clause.row_id for r in rows)
    return Line(head.clause.grade, text, row_ids, head.clause.citation, decisions)


def _remarks(term: Term, version: str, rows: Sequence[_Row]) -> Iterator[str]:
    if version != NUMERIC_VERSION:
        yield f"Numeric criteria of CTCAE {version} are not loaded: no value is graded by it."
        return
    if not rows:
        yield "The criteria are clinical: no number decides the grade."
        return
    for assign, remark in _HELD_BACK.items():
        if any(r.ladder.assign == assign for r in rows):
            yield remark
    silent = set(term.grades) - {5} - {r.clause.grade for r in rows}
    if silent:
        grades = ", ".join(str(g) for g in sorted(silent))
        yield f"Clinical criteria only: grade {grades}."
    if 5 in term.grades:
        yield "Grade 5 is never derived from a number."
