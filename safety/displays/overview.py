"""Overview of adverse events by dose level: how many subjects had one of each kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from safety.displays.population import Chosen, Frames, Scope
from safety.displays.reported import Reported, reported

ALL = "all"  # the column over every level
ACTIONS = {
    "interruption": "DRUG INTERRUPTED",
    "reduction": "DOSE REDUCED",
    "discontinuation": "DRUG WITHDRAWN",
}
UNTOLD = frozenset({"", "MULTIPLE", "UNKNOWN"})  # what an action may still have been
SEVERE = 3


@dataclass(frozen=True, slots=True, eq=False)
class Overview:
    """Counts of subjects.

    rows: KIND, LEVEL (a dose level, or "all"), SUBJECTS, MAYBE, N. MAYBE: subjects of whom it
    cannot be judged, because a grade, the seriousness or the action is missing; they are not among
    SUBJECTS. left_out: events by reason.
    """

    rows: pd.DataFrame
    left_out: dict[str, int]


def overview(
    frames: Frames, chosen: Chosen, scope: Scope, qualifiers: Mapping[str, str] | None = None
) -> Overview:
    """Return the overview. Frames: adverse_event, event_grade, supplement.

    qualifiers: by drug, the supplemental qualifier (QNAM) that tells the action with that drug. A
    drug's kinds are then listed besides the action with any drug.
    """
    found = reported(frames, chosen, scope)
    kinds = _kinds(found) | _actions(found.rows, frames["supplement"], qualifiers or {})
    people = chosen.table[["USUBJID", "LEVEL"]]
    rows = [
        row
        for kind, (surely, maybe) in kinds.items()
        for row in _counted(kind, found.rows["USUBJID"], surely, maybe, people, chosen)
    ]
    columns = ["KIND", "LEVEL", "SUBJECTS", "MAYBE", "N"]
    return Overview(pd.DataFrame(rows, columns=columns), found.left_out)


Told = tuple[pd.Series, pd.Series]  # by event: surely of the kind, and perhaps


def _kinds(found: Reported) -> dict[str, Told]:
    rows = found.rows
    never = pd.Series(data=False, index=rows.index)
    severe, maybe_severe = rows["MINGR"].ge(SEVERE), rows["MAXGR"].ge(SEVERE)
    fatal = rows["AESDTH"].eq("Y") | rows["AEOUT"].eq("FATAL") | rows["MINGR"].eq(5)
    maybe_fatal = rows["MAXGR"].eq(5) & rows["AEOUT"].isna()
    return {
        "any": (~never, never),
        "related": (rows["RELATED"], never),
        "grade 3 or more": (severe, maybe_severe),
        "related, grade 3 or more": (severe & rows["RELATED"], maybe_severe & rows["RELATED"]),
        "serious": (rows["SERIOUS"].eq("Y"), rows["SERIOUS"].eq("")),
        "fatal": (fatal, maybe_fatal),
    }


def _actions(
    rows: pd.DataFrame, supplement: pd.DataFrame, qualifiers: Mapping[str, str]
) -> dict[str, Told]:
    general = rows["AEACN"].astype("str").fillna("").str.upper()
    own = {drug: _qualified(rows, supplement, name) for drug, name in qualifiers.items()}
    of_drug = {drug: told.fillna(general) for drug, told in own.items()}
    kinds: dict[str, Told] = {}
    for word, value in ACTIONS.items():
        each = list(of_drug.values()) or [general]
        surely = pd.concat([e.eq(value) for e in [*each, general]], axis=1).any(axis=1)
        maybe = pd.concat([e.isin(UNTOLD) for e in each], axis=1).any(axis=1)
        kinds[f"leading to {word}"] = (surely, maybe)
        for drug, told in of_drug.items():
            kinds[f"leading to {word} of {drug}"] = (told.eq(value), told.isin(UNTOLD))
    return kinds


def _qualified(rows: pd.DataFrame, supplement: pd.DataFrame, name: str) -> pd.Series:
    """What a qualifier says of each event, in capitals; missing where it says nothing."""
    of_event = supplement["RDOMAIN"].eq("AE") & supplement["IDVAR"].eq("AESEQ")
    own = supplement[supplement["QNAM"].eq(name) & of_event]
    by_event = own.drop_duplicates(["USUBJID", "IDVARVAL"], keep="last")
    keys = ["USUBJID", "IDVARVAL"]
    asked = rows[["USUBJID"]].assign(IDVARVAL=rows["AESEQ"].astype("str"))
    found = asked.astype("str").merge(
        by_event[[*keys, "QVAL"]].astype("str"), on=keys, how="left", validate="many_to_one"
    )["QVAL"]
    return found.str.upper().set_axis(rows.index)


def _counted(
    kind: str, who: pd.Series, surely: pd.Series, maybe: pd.Series, people: pd.DataFrame,
    chosen: Chosen,
) -> list[tuple[str, str, int, int, int]]:  # fmt: skip
    sure = people["USUBJID"].isin(who[surely])
    perhaps = people["USUBJID"].isin(who[maybe]) & ~sure
    sizes = chosen.sizes | {ALL: len(chosen)}
    rows = []
    for level, size in sizes.items():
        here = people["LEVEL"].eq(level) | (level == ALL)
        rows.append((kind, level, int((sure & here).sum()), int((perhaps & here).sum()), size))
    return rows
