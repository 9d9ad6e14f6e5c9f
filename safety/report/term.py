"""An explained CTCAE term as lines of text, for people."""

from __future__ import annotations

from collections.abc import Iterator

from safety.ctcae.explain import Explanation, Section

_PEOPLE = {
    "adult": "adults",
    "adolescent": "adolescents",
    "child": "children",
    "infant": "infants",
    "pediatric": "children",
    "pediatric adolescent": "children and adolescents",
}


def lines(explained: Explanation) -> Iterator[str]:
    """Yield what is known of a term: facts, criteria in our words, NCI's words, other version."""
    term = explained.term
    yield f"{term.term}  {term.meddra_code}  CTCAE {explained.version}"
    yield f"{term.soc} ({term.soc_code})"
    yield "Grades: " + " ".join(str(g) for g in term.grades)
    yield from _block("Criteria in our own words", _criteria(explained))
    yield from _block(
        "The grades in general", [f"grade {g}: {text}" for g, text in explained.meanings.items()]
    )
    yield ""
    yield from explained.remarks
    yield from _block("NCI's wording", _official(explained))
    heading = "In CTCAE 6.0" if explained.version == "5.0" else "In CTCAE 5.0"
    yield from _block(heading, _related(explained))


def _block(heading: str, content: Iterator[str] | list[str]) -> Iterator[str]:
    for at, line in enumerate(content):
        if not at:
            yield ""
            yield f"{heading}:"
        yield f"  {line}"


def _criteria(explained: Explanation) -> Iterator[str]:
    for section in explained.sections:
        yield _title(section)
        yield from (f"  grade {x.grade}: {x.text}" for x in section.lines)
    if explained.clinical:
        yield "whatever the number"
        yield from (f"  grade {x.grade}, or: {x.text}" for x in explained.clinical)
    lines_ = [x for section in explained.sections for x in section.lines]
    decided = sorted({d for x in (*lines_, *explained.clinical) for d in x.decisions})
    if decided:
        yield f"decided where NCI's text leaves a gap: {', '.join(decided)} (docs/ctcae.md)"


def _title(section: Section) -> str:
    tests = ", ".join(section.tests) or section.measured
    place = f" in {section.specimen.lower()}" if section.specimen else ""
    people = _PEOPLE.get(section.population, "")
    return "; ".join(t for t in (tests + place, section.variant, people, section.unit) if t)


def _official(explained: Explanation) -> Iterator[str]:
    if explained.official is None:
        return
    if explained.official.definition:
        yield f"definition: {explained.official.definition}"
    yield from (f"grade {g}: {text}" for g, text in sorted(explained.official.grades.items()))
    if explained.official.note:
        yield f"note: {explained.official.note}"


def _related(explained: Explanation) -> Iterator[str]:
    for change in explained.related:
        # "no change" beside another type is about another column of NCI's table
        types = [t for t in change.types if t != "no change"] or ["no change"]
        yield f"{change.term.meddra_code} {change.term.term} ({', '.join(types)})"
    if not explained.related:
        yield "no such term: it is new in 6.0"
