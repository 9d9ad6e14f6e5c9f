"""Which subject the page is of, and what there is of it."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from dashboards.components import choose, verdicts
from dashboards.i18n import mark, t
from dashboards.view import View
from safety.displays.population import Chosen, Frames, Scope
from safety.errors import WrongUseError

NOT_ASSESSED = mark("not assessed")
NONE = mark("There is no subject in this snapshot.")


def subject(view: View) -> str:
    """Return the subject of the address; the most urgent one if it names none; "" for nobody.

    Raises WrongUseError for a handle that is none of the study's.
    """
    if view.address.get("subject"):
        chosen = view.chosen()
        if chosen is None:
            raise WrongUseError("the subject of this address is none of this study.")
        return chosen
    found = by_urgency(view)
    return str(found["USUBJID"].iloc[0]) if len(found) else ""


def by_urgency(view: View) -> pd.DataFrame:
    """Return USUBJID and VERDICT ("" where it was not assessed) of everybody, most urgent first."""
    people = view.frame("subject")[["USUBJID"]].drop_duplicates().astype("str")
    judged = view.frame("verdict")[["USUBJID", "VERDICT"]].astype("str")
    table = people.merge(judged, on="USUBJID", how="left")
    table = table.assign(VERDICT=table["VERDICT"].fillna(""))
    rank = table["VERDICT"].map({v: i for i, v in enumerate((*verdicts.ORDER, ""))})
    return table.assign(RANK=rank).sort_values(["RANK", "USUBJID"]).drop(columns="RANK")


def chooser(view: View, usubjid: str) -> object:
    """Return the list to choose another subject from."""
    found = by_urgency(view)
    options = {
        view.handle(r.USUBJID): f"{r.USUBJID}: {t(verdicts.WORDS.get(r.VERDICT, NOT_ASSESSED))}"
        for r in found.itertuples(index=False)
    }
    label = t("Subject ({n}), most urgent first", n=f"{len(found):,}")
    return choose.choice(view, "subject", label, options, view.handle(usubjid))


def frames(view: View, usubjid: str, *names: str) -> Frames:
    """Return the rows of the subject in tables of the snapshot."""
    return {name: view.frame(name, usubjid=usubjid) for name in names}


def alone(view: View, usubjid: str) -> Chosen:
    """Return the subject as the only one of a display; nobody if it was never treated."""
    every = view.population(Scope())
    own = every.table[every.table["USUBJID"].eq(usubjid)].reset_index(drop=True)
    return replace(every, table=own)
