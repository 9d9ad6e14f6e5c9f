"""Which reports an event calls for: three-valued, and what is not told never stops a clock.

Serious is what AESER or a criterion says (ICH E2A II.B): a grade 4 is not serious by itself, a
grade 3 can be. Suspected is what may be caused by a drug; expected is what the reference safety
information in force at the onset lists. Whatever is read from a gap is told in `doubts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from safety.reporting.events import CRITERIA, Event
from safety.reporting.kinds import (
    FOLLOWUP_8D,
    SAE,
    SUSAR_7D,
    SUSAR_15D,
    Clocks,
)
from safety.study.model import Study
from safety.study.reporting import ReferenceSafety, Reporting

Truth = Literal["Y", "N", "?"]
NONE, SERIOUS, LIFE_THREATENING, FATAL = 0, 3, 4, 5  # levels; between them as grades are
LEVELS = {
    NONE: "not serious", SERIOUS: "serious", LIFE_THREATENING: "life-threatening", FATAL: "fatal",
}  # fmt: skip
UP_TO = {"serious": SERIOUS, "life_threatening": LIFE_THREATENING, "fatal": FATAL}
Decisions = Mapping[str, Mapping[str, str]]  # causality, expectedness: value, level, by, at


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an event is. level: 0 where it is not serious or nobody can tell.

    serious, suspected: ? where the data do not say; suspected counts then, serious only with a
    criterion (level above 0). listed: the version that lists the term, "" for none.
    """

    serious: Truth
    level: int
    suspected: Truth
    listed: str
    excluded: bool
    doubts: tuple[str, ...]


def judge(event: Event, study: Study) -> Judgement:
    """Return what an event is; it does not know what people decided of it."""
    said = study.reporting or Reporting()
    serious, level, doubts = _seriousness(event)
    suspected = _suspected(event)
    if level and suspected == "?":
        doubts.append("attribution not told: taken as suspected")
    listed, why = _listed(event, level, said.expectedness)
    if level and why:
        doubts.append(why)
    if level:
        doubts += [f"row held: {row['HELD']}" for row in event.rows if row["HELD"]]
    terms = {t.casefold() for t in said.progression_terms}
    excluded = suspected == "N" and event.term.casefold() in terms
    return Judgement(serious, level, suspected, listed, excluded, tuple(doubts))


def owed(term: str, told: Judgement, decisions: Decisions, clocks: Clocks) -> frozenset[str]:
    """Return the kinds of reports that an event calls for, follow-ups on news apart."""
    named = {n for n, k in clocks.kinds.items() if term.casefold() in _plain(k.terms)}
    if not told.level or told.excluded:
        return frozenset(named)
    wanted = {SAE, *named}
    if is_suspected(told, decisions) and not is_expected(told, decisions):
        is_severe = told.level >= LIFE_THREATENING and SUSAR_7D in clocks.kinds
        wanted |= {SUSAR_7D, FOLLOWUP_8D} if is_severe else {SUSAR_15D}
    return frozenset(wanted & set(clocks.kinds))


def is_suspected(told: Judgement, decisions: Decisions) -> bool:
    """Return whether site or sponsor suspects a drug; neither takes it back for the other."""
    decided = decisions.get("causality", {}).get("value")
    return told.suspected == "Y" or decided == "related" or (
        told.suspected == "?" and decided != "unrelated"
    )  # fmt: skip


def is_expected(told: Judgement, decisions: Decisions) -> bool:
    """Return whether it is expected; who says so says it of the event as severe as it is then."""
    decided = decisions.get("expectedness")
    if decided and (decided["value"] == "unexpected" or int(decided["level"]) >= told.level):
        return decided["value"] == "expected"
    return told.listed != ""


def _seriousness(event: Event) -> tuple[Truth, int, list[str]]:
    criteria = [name for name in CRITERIA if event.any(name, "Y")]
    fatal = event.any("AESDTH", "Y") or event.any("AEOUT", "FATAL")
    fatal = fatal or any(row["POSSIBLE"][:1] == "5" for row in event.rows)
    doubts = []
    level = FATAL if fatal else LIFE_THREATENING if "AESLIFE" in criteria else SERIOUS
    if not event.any("AESER", "Y"):
        if not criteria and not fatal:
            says_no = all(row["AESER"] == "N" for row in event.rows)
            odd = any(row[name] not in ("", "Y", "N") for row in event.rows for name in CRITERIA)
            return ("N" if says_no and not odd else "?"), NONE, []
        said = "told as not serious" if event.any("AESER", "N") else "seriousness not told"
        why = ", ".join(CRITERIA[name] for name in criteria) or "fatal"
        return "?", level, [f"{said}, but {why}"]
    if not criteria and not fatal:
        doubts.append("no criterion of seriousness given")
        if event.highest() >= LIFE_THREATENING:  # nobody said that it was not
            level = LIFE_THREATENING
            doubts.append("it may be of grade 4 or 5: taken as life-threatening")
    return "Y", level, doubts


def _suspected(event: Event) -> Truth:
    if event.any("REL", "Y"):
        return "Y"
    return "N" if all(row["REL"] == "N" for row in event.rows) else "?"


def _listed(event: Event, level: int, versions: list[ReferenceSafety]) -> tuple[str, str]:
    """Return the version that lists an event, and what is in doubt.

    Versions are by day. One that may have been in force at the onset and does not list the event
    leaves it unexpected.
    """
    in_force = _in_force(event, versions)
    lists = [v for v in in_force if v is not None and _lists(v, event.term, level)]
    if in_force and len(lists) == len(in_force):
        return ", ".join(v.version for v in lists), ""
    if lists:
        return "", f"onset {event.told('STDTC') or 'not given'}: expected by one version only"
    return "", ""


def _in_force(event: Event, versions: list[ReferenceSafety]) -> list[ReferenceSafety | None]:
    """Return the versions that may have been in force at the onset; None: before the first."""
    earliest, latest = event.onset
    starts = [v.effective_from.isoformat() for v in versions]
    found: list[ReferenceSafety | None] = []
    if starts and (not earliest or earliest < starts[0]):
        found.append(None)
    for version, start, end in zip(versions, starts, [*starts, ""][1:], strict=True):
        begun = not latest or latest >= start
        if begun and (not end or not earliest or earliest < end):
            found.append(version)
    return found


def _lists(version: ReferenceSafety, term: str, level: int) -> bool:
    return any(
        t.term.casefold() == term.casefold() and level <= UP_TO[t.up_to] for t in version.terms
    )


def _plain(terms: tuple[str, ...]) -> set[str]:
    return {t.casefold() for t in terms}
