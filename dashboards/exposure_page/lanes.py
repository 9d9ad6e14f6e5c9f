"""The swimmer plot's numbers, a page of subjects at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd
from sqlalchemy import func

from dashboards.exposure_page.regimen import cycle_visit, spellings
from dashboards.i18n import mark
from dashboards.kept import Kept
from dashboards.view import View
from safety.displays import swimmer as numbers
from safety.displays.dosing import NOT_TAKEN, REDUCED, TAKEN, UNKNOWN
from safety.displays.population import Scope
from safety.displays.swimmer import DISCONTINUED, Swimmer, swimmer
from safety.rows.relation import Relation

MOST = 60  # subjects of one figure
STATES = {TAKEN: mark("taken"), REDUCED: mark("reduced"), NOT_TAKEN: mark("not taken"),
          UNKNOWN: mark("dose not known")}  # fmt: skip
KINDS = {
    numbers.SEVERE: mark("grade 3 or more"), numbers.SERIOUS: mark("serious"),
    numbers.DLT: mark("DLT"), numbers.DEATH: mark("death"), numbers.CYCLE: mark("cycle"),
    numbers.END: mark("end of treatment"),
}  # fmt: skip
READ = ("subject", "dose", "adverse_event", "event_grade", "disposition", "visit", "verdict",
        "trigger", "medication", "procedure")  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Lanes:
    """One page of the plot. first, last: number of its subjects, from 1; size: of all chosen."""

    found: Swimmer
    bars: pd.DataFrame
    first: int
    last: int
    size: int


KEPT: Kept[Swimmer] = Kept(4)


def lanes(view: View) -> Lanes:
    """Return the subjects of the page that the address asks for, from the first otherwise."""
    frames = {**view.frames(*READ), "measurement": measured(view)}
    scope = Scope(levels=view.address.scope.levels)
    key = (view.settings.db_url, view.shot.snapshot_id, scope, ends(view))
    found = KEPT.get(key, lambda: swimmer(
        frames, view.population(), scope, view.shot.as_of, ends=ends(view),
        cycle_visit=cycle_visit(view), drugs=spellings(view),
    ))  # fmt: skip
    size = len(found.bars)
    asked = view.address.get("page")
    begin = (int(asked) - 1) * MOST if asked.isdecimal() and 0 < int(asked) <= 10_000 else 0
    begin = begin if begin < size else 0
    bars = found.bars.iloc[begin : begin + MOST].reset_index(drop=True)
    return Lanes(of(found, bars), bars, begin + 1, begin + len(bars), size)


def of(found: Swimmer, bars: pd.DataFrame) -> Swimmer:
    """Return what is of the subjects of some bars."""
    own = set(bars["USUBJID"])

    def kept(rows: pd.DataFrame) -> pd.DataFrame:
        return rows[rows["USUBJID"].isin(own)].reset_index(drop=True)

    return replace(found, bars=bars, segments=kept(found.segments),
                   holds=kept(found.holds), marks=kept(found.marks),
                   unplaced=kept(found.unplaced))  # fmt: skip


def measured(view: View) -> pd.DataFrame:
    """Return the last day, up to the snapshot's, on which each subject was measured.

    USUBJID and ADTMIN: the table is too large to be read whole.
    """
    with view.connection("measurement") as connection:
        relation = Relation("measurement", view.shot.cut, connection.dialect.name)
        who, day = relation.columns["USUBJID"], relation.columns["ADTMIN"]
        query = relation.query(who, func.max(day), names=("USUBJID", "ADTMIN"))
        rows = connection.execute(query.where(day <= view.shot.as_of).group_by(who)).all()
    return pd.DataFrame([tuple(r) for r in rows], columns=["USUBJID", "ADTMIN"], dtype="str")


def ends(view: View) -> frozenset[str]:
    """Return the dispositions that end treatment: those of the study file besides the usual."""
    treatment = view.study.treatment if view.study else None
    reasons = treatment.reasons if treatment else None
    named = (*reasons.toxicity, *reasons.progression) if reasons else ()
    return DISCONTINUED | frozenset(name.upper() for name in named)
