"""One bar a subject over study days: dosing, cycles and what happened."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from safety.displays.days import CYCLE_VISIT, cycle_starts, study_day
from safety.displays.dosing import holds, stretches
from safety.displays.first_event import last_known
from safety.displays.population import Chosen, Frames, Scope
from safety.displays.reported import Reported, reported

SEVERE, SERIOUS, DLT = "grade 3 or more", "serious", "DLT"
DEATH, END, CYCLE = "death", "end of treatment", "cycle"
DISCONTINUED = frozenset({"DISCONTINUED"})
_MARK = ["USUBJID", "DAY", "DAYMIN", "DAYMAX", "KIND", "TEXT"]
_DAY = r"\d{4}-\d{2}-\d{2}"


@dataclass(frozen=True, slots=True, eq=False)
class Swimmer:
    """Bars, segments and markers; days are study days.

    bars: USUBJID, LEVEL, LAST (last day on which anything is told), LASTDOSE, WINDOWEND (of the DLT
    window), ONGOING (neither an end of treatment nor a death is recorded); by level, then first
    dose. segments and holds: see `dosing`. marks: USUBJID, DAY (<NA> unless exact) with DAYMIN and
    DAYMAX, KIND, TEXT. unplaced: USUBJID, KIND, TEXT of what has no day. left_out: events by
    reason.
    """

    bars: pd.DataFrame
    segments: pd.DataFrame
    holds: pd.DataFrame
    marks: pd.DataFrame
    unplaced: pd.DataFrame
    left_out: dict[str, int]


def swimmer(
    frames: Frames, chosen: Chosen, scope: Scope, as_of: str, *,
    ends: Collection[str] = DISCONTINUED, cycle_visit: str = CYCLE_VISIT,
    drugs: Mapping[str, str] | None = None,
) -> Swimmer:  # fmt: skip
    """Return the plot's numbers.

    Frames: subject, dose, trigger, adverse_event, event_grade, disposition, visit, verdict, and
    those of `first_event.SEEN`. drugs: see `dosing.stretches`. ends: names of dispositions that end
    treatment, in capitals: as the study has them. An event counts as grade 3 or more if it may be.
    """
    segments, unplaced = stretches(frames, chosen, as_of, drugs)
    found = reported(frames, chosen, replace(scope, serious=False, least_grade=0))
    marks = milestones(frames, chosen, ends, cycle_visit)
    every = pd.concat([_event_marks(found), marks], ignore_index=True)
    placed = every["DAYMIN"].notna()
    missing = every.loc[~placed, ["USUBJID", "KIND", "TEXT"]]
    kept = every[placed].sort_values(["USUBJID", "DAYMIN", "KIND", "TEXT"])
    return Swimmer(
        _bars(frames, chosen, marks, last_known(frames, chosen, as_of)),
        segments,
        holds(frames, chosen, as_of),
        kept.reset_index(drop=True),
        pd.concat([unplaced, missing]).sort_values(["USUBJID", "KIND", "TEXT"], ignore_index=True),
        found.left_out,
    )


def milestones(
    frames: Frames, chosen: Chosen, ends: Collection[str], cycle_visit: str = CYCLE_VISIT
) -> pd.DataFrame:
    """Return cycles, DLT, end of treatment and death: USUBJID, DAY, DAYMIN, DAYMAX, KIND, TEXT.

    Frames: visit, verdict, disposition, subject. Without a day where none is known.
    """
    cycles = cycle_starts(frames["visit"], chosen.table, cycle_visit)
    verdicts = chosen.of(frames["verdict"])
    dlt = verdicts[verdicts["VERDICT"].eq("DLT")]
    return pd.concat(
        [
            _exact(cycles["USUBJID"], cycles["ADY"], CYCLE, _numbered(cycles)),
            _exact(dlt["USUBJID"], dlt["ONSETDY"].astype("Int64"), DLT, "proposed by the rules"),
            _ends(chosen.of(frames["disposition"]), ends),
            _deaths(chosen.of(frames["subject"]), chosen.of(frames["disposition"])),
        ],
        ignore_index=True,
    )


def _numbered(cycles: pd.DataFrame) -> pd.Series:
    return "cycle " + cycles["CYCLE"].astype("str")


def _exact(who: pd.Series, day: pd.Series, kind: str, text: pd.Series | str) -> pd.DataFrame:
    columns = {"USUBJID": who, "DAY": day, "DAYMIN": day, "DAYMAX": day, "KIND": kind, "TEXT": text}
    return pd.DataFrame(columns, columns=_MARK, index=who.index).astype(
        dict.fromkeys(("USUBJID", "KIND", "TEXT"), "str")
        | dict.fromkeys(("DAY", "DAYMIN", "DAYMAX"), "Int64")
    )


def _between(rows: pd.DataFrame, kind: str, text: pd.Series) -> pd.DataFrame:
    low = study_day(rows["STDTMIN"], rows["TRTSDT"])
    high = study_day(rows["STDTMAX"], rows["TRTSDT"])
    table = _exact(rows["USUBJID"], low, kind, text)
    return table.assign(DAY=low.where(low.eq(high).fillna(False)), DAYMAX=high)


def _ends(told: pd.DataFrame, ends: Collection[str]) -> pd.DataFrame:
    """The first disposition of each subject that ends treatment."""
    own = told[told["DECOD"].astype("str").str.upper().isin(set(ends))]
    first = own.sort_values(["STDTMIN", "DECOD", "KEY"]).drop_duplicates("USUBJID")
    return _between(first, END, first["DECOD"].astype("str"))


def _deaths(people: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """The death of each subject who died, by DM or, without a date there, a disposition."""
    by_ds = told[told["DECOD"].astype("str").str.upper().eq("DEATH")]
    by_ds = by_ds.sort_values(["STDTMIN", "KEY"]).drop_duplicates("USUBJID").set_index("USUBJID")
    died = people["DTHFL"].eq("Y") | people["DTHDTC"].notna()
    dead = people[died | people["USUBJID"].isin(by_ds.index)]
    day = dead["DTHDTC"].astype("str").str.extract(f"^({_DAY})", expand=False).astype("str")
    low = day.fillna(dead["USUBJID"].map(by_ds["STDTMIN"]).astype("str"))
    high = day.fillna(dead["USUBJID"].map(by_ds["STDTMAX"]).astype("str"))
    rows = dead.assign(STDTMIN=low, STDTMAX=high)
    return _between(rows, DEATH, pd.Series("death", index=rows.index))


def _event_marks(found: Reported) -> pd.DataFrame:
    rows = found.rows
    severe = rows[rows["MAXGR"].ge(3)]
    serious = rows[rows["SERIOUS"].eq("Y")]
    marks = []
    for kind, own in ((SEVERE, severe), (SERIOUS, serious)):
        table = _exact(own["USUBJID"], own["ASTDY"], kind, own["TERM"] + ", grade " + own["LABEL"])
        marks.append(table.assign(DAYMIN=own["ASTDYMIN"], DAYMAX=own["ASTDYMAX"]))
    return pd.concat(marks, ignore_index=True)


def _bars(
    frames: Frames, chosen: Chosen, marks: pd.DataFrame, last: pd.Series
) -> pd.DataFrame:  # fmt: skip
    closes = frames["verdict"].drop_duplicates("USUBJID").set_index("USUBJID")["CLOSES"]
    table = chosen.table
    window = table["USUBJID"].map(closes).astype("str")
    over = set(marks.loc[marks["KIND"].isin([END, DEATH]), "USUBJID"])
    rank = table["LEVEL"].map({level: i for i, level in enumerate(chosen.levels)})
    bars = table.assign(
        LAST=table["USUBJID"].map(last).astype("Int64"),
        LASTDOSE=study_day(table["TRTEDT"], table["TRTSDT"]),
        WINDOWEND=study_day(window.where(window.str.fullmatch(_DAY).eq(True)), table["TRTSDT"]),
        ONGOING=~table["USUBJID"].isin(over),
        RANK=rank,
    ).sort_values(["RANK", "TRTSDT", "USUBJID"])
    columns = ["USUBJID", "LEVEL", "LAST", "LASTDOSE", "WINDOWEND", "ONGOING"]
    return bars[columns].reset_index(drop=True)
