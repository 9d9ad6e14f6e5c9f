"""The decision fan on every day of a simulated trial, and what came in the end."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from safety.escalation.conduct import advise
from safety.escalation.fan import spread
from safety.escalation.state import State
from safety.escalation.subjects import OUTCOMES, Outcome, Subject, counts, fresh, settled
from safety.nextdose import live
from safety.nextdose.live import Trial
from safety.nextdose.recommend import plan
from safety.store.engine import reader
from safety.store.read import Store
from safety.study.model import Study

LONGEST = 35  # days from the first dose to the end of the longest DLT window
Said = tuple[str, int | None]


def of_truth(folder: Path, study: Study, first: date, last: date) -> Iterator[tuple[bool, int]]:
    """Yield for each day whether the fan had what came, and how many were open.

    A subject is open from the first dose to the onset of a DLT, or to the end of the window.
    """
    levels = [level.id for level in study.treatment.levels]
    text = (folder / "truth" / "subjects.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    treated = [row for row in rows if row["FIRSTDOSE"]]
    used, day = plan(study.escalation, levels), first
    while day <= last:
        here = [row for row in treated if date.fromisoformat(row["FIRSTDOSE"]) <= day]
        if here:
            came = [_came(row, levels) for row in here]
            now = [
                s
                if _settles(r) <= day
                else replace(s, stands=None, can_be=OUTCOMES, verdict="PENDING")
                for s, r in zip(came, here, strict=True)
            ]
            at = levels.index(max(here, key=lambda r: r["FIRSTDOSE"])["LEVEL"])
            end = advise(used, State(counts(came, len(levels)), at), fresh(came, at))
            fan = spread(used, now, at)
            yield fan.leads_to(end.action, end.level), len(fan.open)
        day += timedelta(days=1)


def _came(row: dict[str, str], levels: list[str]) -> Subject:
    can_be = settled(row["TRUE_VERDICT"], row["EVALUABLE"] or "Y")
    outcome: Outcome = can_be[0] if len(can_be) == 1 else "NO_DLT"
    return Subject(row["USUBJID"], levels.index(row["LEVEL"]), row["TRUE_VERDICT"], outcome,
                   (outcome,))  # fmt: skip


def _settles(row: dict[str, str]) -> date:
    window = date.fromisoformat(row["FIRSTDOSE"]) + timedelta(days=LONGEST)
    return date.fromisoformat(row["TRUE_ONSET"]) if row["TRUE_ONSET"] else window


def trials(db_url: str, studyid: str) -> list[Trial]:
    """Return the trial as each snapshot has it, oldest first."""
    store, engine = Store(db_url), reader(db_url)
    try:
        with engine.connect() as connection:
            return [
                live.read(connection, found.study, shot)
                for shot in reversed(store.snapshots(studyid))
                if (found := store.manifest(shot.snapshot_id)) is not None
            ]
    finally:
        engine.dispose()


def held_what_came(then: Trial, last: Trial) -> bool:
    """Return whether a snapshot's fan had what the last snapshot knows of the same subjects."""
    known = {s.usubjid: s for s in last.subjects}
    came = [_now(s, _known(known[s.usubjid])) for s in then.subjects]
    used = plan(then.study.escalation, then.levels)
    state = State(counts(came, len(then.levels)), then.at)
    end = advise(used, state, fresh(came, then.at))
    return spread(used, then.subjects, then.at).leads_to(end.action, end.level)


def _now(of: Subject, outcome: Outcome) -> Subject:
    return replace(of, stands=outcome, can_be=(outcome,))


def _known(of: Subject) -> Outcome:
    """Return what a subject became; of one who is still open any possible way does."""
    if not of.is_open:
        return of.can_be[0]
    return "DLT" if of.verdict == "DLT" else "NO_DLT"
