"""Measured abnormalities: subjects by the worst grade that is worse than their own baseline."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboards import raw
from dashboards.components import grades
from dashboards.events_page.asked import denominator, sentences
from dashboards.i18n import t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View
from safety.displays.population import Chosen
from safety.errors import WrongUseError

NAME, BEHIND = "events-measured", "events-measured-behind"
KEYS = ["SOC", "TERM", "DIRECTION"]
GRADES = (1, 2, 3, 4)


def rows(view: View, chosen: Chosen) -> pd.DataFrame:
    """Return worst grades of the chosen subjects, with WORSE (<NA>: no worse than the baseline).

    UNKNOWN: values, none with a grade; MAYBE: a value without a grade may be worse than the worst.
    """
    found = chosen.of(view.frame("worst_grade"))
    after, possible = found["WORSTGR"].astype("Int64"), found["WORSTPOS"].astype("Int64")
    return found.assign(
        WORSE=found["TEGR"].astype("Int64"),
        UNKNOWN=after.isna(),
        MAYBE=possible.gt(after).fillna(False),
    )


def counted(found: pd.DataFrame, chosen: Chosen) -> pd.DataFrame:
    """Return KEYS, MEASURED, UNKNOWN, MAYBE (subjects) and a column a level and grade (`0|3`).

    The first number is of the level among the chosen. Worst first; zeros too.
    """
    sums = found.groupby(KEYS).agg(
        MEASURED=("USUBJID", "size"), UNKNOWN=("UNKNOWN", "sum"), MAYBE=("MAYBE", "sum")
    ).astype("int64")  # fmt: skip
    for n, level in enumerate(chosen.levels):
        for grade in GRADES:
            here = found[found["LEVEL"].eq(level) & found["WORSE"].eq(grade).fillna(False)]
            sums[f"{n}|{grade}"] = here.groupby(KEYS).size()
    table = sums.fillna(0).astype("int64").reset_index()
    worst = [
        tuple(-sum(row[f"{n}|{grade}"] for n in range(len(chosen.levels)))
              for grade in reversed(GRADES))
        for row in table.to_dict("records")
    ]  # fmt: skip
    order = sorted(range(len(table)), key=lambda i: (worst[i], table["TERM"].iloc[i]))
    return table.iloc[order].reset_index(drop=True)


@shown(NAME)
def measured(view: View) -> Shown:
    """Return the table; each count leads to the subjects that it counts."""
    chosen = view.population()
    table = counted(rows(view, chosen), chosen)
    note = t("Subjects by the worst grade after the first dose that is worse than their own "
             "baseline. Not gradable: values, but none with a grade. In doubt: a value without a "
             "grade may be worse than what is counted. Nobody attributes a value: the filters "
             "related, serious and grade change nothing here.")  # fmt: skip
    levels = [(f"{level} (N={n:,})", len(GRADES)) for level, n in chosen.sizes.items()]
    return Shown(
        t("Measured: laboratory values and vital signs"), table, _columns(view, chosen),
        sentences(denominator(chosen), note), t("Nothing was measured in these subjects."),
        (("", 2), (t("All (N={n})", n=f"{len(chosen):,}"), 3), *levels),
    )  # fmt: skip


def _columns(view: View, chosen: Chosen) -> tuple[Column, ...]:
    of_grade = (
        Column(f"{n}|{g}", str(g), "count", href=_href(view, of=level, label=str(g)), grade=g)
        for n, level in enumerate(chosen.levels)
        for g in GRADES
    )
    return (
        Column("TERM", t("CTCAE term"), href=lambda r: view.address.to("/labs", term=r["TERM"])),
        Column("DIRECTION", t("Direction")),
        Column("MEASURED", t("With values"), "count", href=_href(view)),
        Column("UNKNOWN", t("Not gradable"), "count", href=_href(view, label="unknown")),
        Column("MAYBE", t("In doubt"), "count", href=_href(view, label="maybe")),
        *of_grade,
    )


def _href(view: View, **more: str) -> Any:
    def href(row: dict[str, Any]) -> str:
        return view.address.to("/events", who="measured", term=row["TERM"],
                               direction=row["DIRECTION"], **more)  # fmt: skip

    return href


@shown(BEHIND)
def behind(view: View) -> Shown:
    """Return the subjects behind a number, each with a link to the values of the term."""
    get = view.address.get
    found = rows(view, view.population())
    own = found[found["TERM"].eq(get("term")) & found["DIRECTION"].eq(get("direction"))]
    here = own[own["LEVEL"].eq(get("of"))] if get("of") else own
    kept = _of_label(here, get("label"))
    table = kept.assign(
        **{
            name: [grades.mark(x) for x in kept[of]]
            for name, of in (("BASE", "BASEGR"), ("WORST", "WORSTGR"))
        },
        POSSIBLE=[
            str(x) if m else "" for x, m in zip(kept["WORSTPOS"], kept["MAYBE"], strict=True)
        ],
    )
    title = "; ".join(x for x in (get("term"), get("direction"), get("of"),
                                  _label_said(get("label"))) if x)  # fmt: skip
    note = t("{n} subjects. The values count the treatment-emergent period.", n=f"{len(kept):,}")
    order = table.sort_values(["LEVEL", "USUBJID"]).reset_index(drop=True)
    return Shown(title, order, _behind_columns(view), note, t("Nobody."))


def _label_said(label: str) -> str:
    named = {"": "", "unknown": t("not gradable"), "maybe": t("in doubt")}
    return named[label] if label in named else t("worst grade {label}", label=label)


def _of_label(found: pd.DataFrame, label: str) -> pd.DataFrame:
    if label in {"unknown", "maybe"}:
        return found[found[label.upper()]]
    if label and label not in set("1234"):
        raise WrongUseError(f"{label!r} is no grade that a measurement can have: give 1 to 4.")
    return found[found["WORSE"].eq(int(label)).fillna(False)] if label else found


def _behind_columns(view: View) -> tuple[Column, ...]:
    def values(row: dict[str, Any]) -> str:
        return raw.href(view, "graded_value", term=row["TERM"], direction=row["DIRECTION"],
                        subject=view.handle(row["USUBJID"]))  # fmt: skip

    return (
        Column("USUBJID", t("Subject"), href=lambda row: view.subject_href(row["USUBJID"])),
        Column("LEVEL", t("Level")), Column("BASE", t("Baseline grade"), "grade"),
        Column("WORST", t("Worst grade after"), "grade"),
        Column("POSSIBLE", t("May be up to")),
        Column("VALUES", t("Values"), "count", href=values),
        Column("UNGRADED", t("Of them without a grade"), "count", href=values),
    )  # fmt: skip
