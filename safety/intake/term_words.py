"""Words of adverse events in what looks like a name: a term is never taken for a person."""

from __future__ import annotations

import re
from functools import cache

from safety.ctcae import catalogue

_WORD = re.compile(r"[A-Z][\w'.-]*")
_SHORTEST = 3  # letters; below, a word of a term may as well be an initial
_PLURAL = 7  # letters from which an s at the end is one: Platelets, but not Burns
# What trials say of a patient besides: how bad it was, what was done, why they left.
_CONDUCT = frozenset(
    {
        "after", "and", "baseline", "completed", "consent", "cycle", "day", "decision", "died",
        "discontinued", "discontinuation", "dose", "drug", "due", "early", "end", "follow",
        "follow-up", "for", "grade", "had", "has", "in", "lost", "low", "mild", "moderate", "not",
        "of", "refused", "screening", "serious", "severe", "study", "termination", "the", "to",
        "treatment", "unscheduled", "up", "visit", "was", "week", "with", "withdrawal",
        "withdrawn", "withdrew", "worsening",
    }
)  # fmt: skip


def beside_terms(name: str, *, sure: bool) -> list[tuple[int, int]]:
    """Return start and end of what in a text like a name is no word of an adverse event.

    sure: the first word is a name although terms have it too (Mr White), unless a whole term
    begins there.
    """
    words = list(_WORD.finditer(name))
    if not words:  # no Latin letters: CTCAE has no Chinese terms
        return [(0, len(name))]
    own = [not _is_of_a_term(w[0]) for w in words]
    if sure and not _begins_with_term([w[0] for w in words]):
        own[0] = True
    return _runs([w.span() for w, is_own in zip(words, own, strict=True) if is_own], name)


def _runs(spans: list[tuple[int, int]], name: str) -> list[tuple[int, int]]:
    """Return the spans, those with nothing but spaces and commas between them as one."""
    runs: list[tuple[int, int]] = []
    for start, end in spans:
        if runs and not name[runs[-1][1] : start].strip(" ,"):
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return runs


def _begins_with_term(words: list[str]) -> bool:
    names = (" ".join(words[:n]).rstrip(".") for n in range(1, len(words) + 1))
    return any(_spelled(name) in _names() for name in names)


def _is_of_a_term(word: str) -> bool:
    return _spelled(word.rstrip(".")) in _words()


@cache
def _names() -> frozenset[str]:
    names = (t.term for version in catalogue.versions() for t in catalogue.terms(version))
    return frozenset(_spelled(name) for name in names)


@cache
def _words() -> frozenset[str]:
    names = (t.term for version in catalogue.versions() for t in catalogue.terms(version))
    words = {_spelled(w) for name in names for w in re.findall(r"[A-Za-z'-]+", name)}
    return frozenset(w for w in words if len(w) >= _SHORTEST) | _CONDUCT


def _spelled(words: str) -> str:
    """Return words as they are compared: American, one number, no letter case."""
    folded = (w.replace("ae", "e").replace("oe", "e") for w in catalogue.plain(words).split())
    return " ".join(w.removesuffix("s") if len(w) >= _PLURAL else w for w in folded)
