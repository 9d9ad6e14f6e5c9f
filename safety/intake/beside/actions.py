"""What events say was done with each drug (AEACN): its own qualifier, else that of all drugs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from safety.intake import dates
from safety.intake.beside.links import Frames, linked, qualifiers
from safety.study.model import Study

INTERRUPTED, REDUCED, WITHDRAWN = "DRUG INTERRUPTED", "DOSE REDUCED", "DRUG WITHDRAWN"
STOPS = (INTERRUPTED, WITHDRAWN)
LONG_AFTER = 28  # days after its event, an interruption is over
SETTLED = 7  # days: diaries are entered late


class Told(NamedTuple):
    """START and END: days of the event, END NaT while it goes on."""

    usubjid: str
    drug: str
    action: str
    start: np.datetime64
    end: np.datetime64
    key: str


def told(events: pd.DataFrame | None, frames: Frames, study: Study) -> list[Told]:
    """Return the action of every event with each drug: its own qualifier, else AEACN for all."""
    if events is None or study.treatment is None:
        return []
    start, end = dates.days(events["STDTMIN"]), dates.days(events["ENDTMAX"])
    own = _own(events, frames, study)
    found = []
    for number, (key, subject, action) in enumerate(
        zip(events["KEY"], events["USUBJID"], events["AEACN"], strict=True)
    ):
        for drug in study.treatment.drugs:
            said = own.get((key, drug), action)
            if isinstance(said, str) and isinstance(subject, str):
                found.append(Told(subject, drug, said, start[number], end[number], key))
    return found


def _own(events: pd.DataFrame, frames: Frames, study: Study) -> dict[tuple[str, str], str]:
    supplements = frames.get("supplement")
    if supplements is None:
        return {}
    drugs = {qnam: drug for drug, qnam in qualifiers(study, "action").items()}
    refs = linked(supplements, events)
    rows = refs[refs["QNAM"].isin(list(drugs))].dropna(subset=["QVAL"])
    return {
        (event, drugs[qnam]): value.strip().upper()
        for qnam, value, event in rows[["QNAM", "QVAL", "EVENT"]].itertuples(index=False)
    }
