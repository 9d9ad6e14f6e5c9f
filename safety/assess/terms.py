"""Which CTCAE terms a rule speaks of: names of a study's term sets, terms, or any."""

from __future__ import annotations

from typing import NamedTuple

from safety.study.conditions import EVERY_TERM, Toxicity
from safety.study.model import Study


class Terms(NamedTuple):
    """Terms and system organ classes, in lower case; everything if `every`."""

    every: bool
    terms: frozenset[str]
    socs: frozenset[str]

    def hold(self, term: str, soc: str) -> bool:
        return self.every or term.casefold() in self.terms or soc.casefold() in self.socs


def terms_of(names: str | list[str] | None, study: Study) -> Terms:
    """Return what some names stand for in a study."""
    asked = [names] if isinstance(names, str) else names or []
    terms: set[str] = set()
    socs: set[str] = set()
    for name in asked:
        known = study.terms.get(name)
        if known is None:
            terms.add(name.casefold())
        else:
            terms |= {t.casefold() for t in known.terms}
            socs |= {s.casefold() for s in known.socs}
    return Terms(EVERY_TERM in asked, frozenset(terms), frozenset(socs))


class Chosen(NamedTuple):
    """The terms of a toxicity condition."""

    wanted: Terms
    left_out: Terms

    def holds(self, term: str, soc: str) -> bool:
        return self.wanted.hold(term, soc) and not self.left_out.hold(term, soc)


def chosen(condition: Toxicity, study: Study) -> Chosen:
    """Return which terms a toxicity condition is about."""
    return Chosen(terms_of(condition.toxicity, study), terms_of(condition.except_, study))
