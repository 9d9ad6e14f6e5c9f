"""Suggest CTCAE terms for what somebody wrote. Nothing is coded by itself: a person chooses.

Usual clinical names that CTCAE calls otherwise are in `data/synonyms.csv`, in our own words.
"""

from __future__ import annotations

import csv
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import NamedTuple

from rapidfuzz import fuzz, process

from safety.ctcae import catalogue
from safety.ctcae.catalogue import Term

MAX_LENGTH = 200  # longer texts are cut: the work for one text stays bounded
_EXACT = 100.0
_LEAST = 50.0  # below this, a likeness says nothing
_LEAST_LETTERS = 78.0  # the same for whole names or single words compared letter by letter
_PREFIX = 4  # so many letters stand for a longer word: "creat" for "creatinine"
# Both sides are written the same way, so it does not matter that some words become odd.
_SPELLINGS = (
    ("ae", "e"), ("oe", "e"), ("our", "or"), ("leuc", "leuk"), ("sulph", "sulf"), ("ll", "l"),
    ("isation", "ization"), ("ised", "ized"), ("yse", "yze"), ("fibre", "fiber"), ("ph", "f"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A term that may be meant. `score` is 0 to 100; `synonym` is the usual name that led to it."""

    term: Term
    score: float
    synonym: str


class _Choice(NamedTuple):
    """A name to compare with: a term's own (then `synonym` is empty) or a synonym."""

    words: tuple[str, ...]
    term: Term
    synonym: str

    def suggested(self, score: float) -> Suggestion:
        return Suggestion(self.term, score, self.synonym)


class _Index(NamedTuple):
    """Every name of a version, which of them hold a word, and how telling a word is."""

    choices: tuple[_Choice, ...]
    holding: Mapping[str, Sequence[int]]
    weights: Mapping[str, float]
    letters: tuple[str, ...]


def suggest(text: str, version: str, limit: int = 5) -> list[Suggestion]:
    """Return up to `limit` terms that may be meant, best first; empty when nothing is like it.

    The term of that very name comes first, then those of a usual synonym, then those written
    alike. Raises ValueError for an unknown version.
    """
    index = _index(version)
    words = _words(text[:MAX_LENGTH])
    found: dict[str, Suggestion] = {}
    for choice in _named(words, index):
        found.setdefault(choice.term.meddra_code, choice.suggested(_EXACT))
    if len(found) < limit and words:
        for suggestion in _alike(words, index):
            found.setdefault(suggestion.term.meddra_code, suggestion)
    return list(found.values())[:limit]


def synonyms(text: str, version: str) -> list[Term]:
    """Return the terms of a usual clinical name that CTCAE calls otherwise; often none."""
    words = _words(text[:MAX_LENGTH])
    return [c.term for c in _named(words, _index(version)) if c.synonym]


def same_name(text: str, version: str) -> list[Term]:
    """Return the terms of this very name in any usual spelling, else of a usual synonym."""
    found = _named(_words(text[:MAX_LENGTH]), _index(version))
    own = [c.term for c in found if not c.synonym]
    return list({t.meddra_code: t for t in own or [c.term for c in found]}.values())


def _named(words: tuple[str, ...], index: _Index) -> list[_Choice]:
    at = index.holding.get(words[0], ()) if words else ()
    return [c for c in (index.choices[i] for i in at) if c.words == words]


def _alike(words: tuple[str, ...], index: _Index) -> list[Suggestion]:
    """Return what is written alike: word by word, or letter by letter over the whole name."""
    scores = _by_words(words, index)
    for _, score, at in process.extract(
        "".join(words), index.letters, scorer=fuzz.ratio, limit=10, score_cutoff=_LEAST_LETTERS
    ):
        scores[at] = max(scores.get(at, 0.0), score)
    # names of the terms themselves stand first in the index, so they win a tie
    best = sorted(scores, key=lambda at: (-scores[at], at))
    # 100 is kept for the very name
    return [index.choices[at].suggested(min(round(scores[at], 1), 99.9)) for at in best]


def _by_words(words: tuple[str, ...], index: _Index) -> dict[int, float]:
    """Score names by the words they share with the text; rare words count more than usual ones."""
    likeness = {word: _like(word, index) for word in words}
    touched = {at for found in likeness.values() for w in found for at in index.holding[w]}
    rarest = max(index.weights.values())
    scores = {}
    for at in touched:
        theirs = index.choices[at].words
        met = {w: max((likeness[m].get(w, 0.0) for m in words), default=0.0) for w in theirs}
        mine = {m: max(likeness[m].get(w, 0.0) for w in theirs) for m in words}
        told = {m: index.weights.get(m, _weight(likeness[m], index, rarest)) for m in words}
        forth = sum(mine[m] * told[m] for m in words) / sum(told.values())
        back = sum(met[w] * index.weights[w] for w in theirs) / sum(
            index.weights[w] for w in theirs
        )
        if (score := 0.6 * forth + 0.4 * back) >= _LEAST:
            scores[at] = score
    return scores


def _like(word: str, index: _Index) -> dict[str, float]:
    """Return the words of the index that are written like a word, with their likeness."""
    found = {
        match: score
        for match, score, _ in process.extract(
            word, index.weights.keys(), scorer=fuzz.ratio, limit=20, score_cutoff=_LEAST_LETTERS
        )
    }
    if len(word) >= _PREFIX:
        for other in index.weights:
            if other.startswith(word):
                found[other] = max(found.get(other, 0.0), 90.0)
    return found


def _weight(found: Mapping[str, float], index: _Index, rarest: float) -> float:
    """Return how telling a word is that no name holds: as telling as the one it is most like."""
    return index.weights[max(found, key=lambda w: found[w])] if found else rarest


@cache
def _index(version: str) -> _Index:
    choices = _choices(version)
    holding: dict[str, list[int]] = defaultdict(list)
    for at, choice in enumerate(choices):
        for word in choice.words:
            holding[word].append(at)
    counts = Counter(w for c in choices for w in c.words)
    weights = {w: math.log(len(choices) / n) for w, n in counts.items()}
    return _Index(choices, holding, weights, tuple("".join(c.words) for c in choices))


def _choices(version: str) -> tuple[_Choice, ...]:
    own = [_Choice(_words(t.term), t, "") for t in catalogue.terms(version)]
    others = [_Choice(_words(s), t, s) for s, code in _synonyms() for t in _in(version, code)]
    # the name that the other version uses is a usual name of what stands for it in this one
    renamed = [
        _Choice(_words(term.term), t, term.term)
        for other in catalogue.versions() if other != version
        for term in catalogue.terms(other)
        if catalogue.by_code(term.meddra_code, version) is None
        for t in _in(version, term.meddra_code)
    ]  # fmt: skip
    return (*own, *others, *renamed)


def _in(version: str, code: str) -> list[Term]:
    """Return a code's term in a version, or the terms that stand for it there."""
    if (term := catalogue.by_code(code, version)) is not None:
        return [term]
    changes = catalogue.predecessors(code) if version == "5.0" else catalogue.successors(code)
    return [c.term for c in changes]


def _synonyms() -> list[tuple[str, str]]:
    place = resources.files("safety.ctcae").joinpath("data", "synonyms.csv")
    rows = csv.DictReader(place.read_text(encoding="utf-8").splitlines())
    return [(row["synonym"], row["meddra_code"]) for row in rows]


def _words(text: str) -> tuple[str, ...]:
    """Return the words of a text in one spelling, each once, in the order of the alphabet."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in letters if not unicodedata.combining(c))
    for british, american in _SPELLINGS:
        letters = letters.replace(british, american)
    return tuple(sorted(set(re.findall(r"[a-z0-9]+", letters))))
