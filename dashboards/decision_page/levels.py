"""Every dose level in numbers, each of which leads to those whom it counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboards.decision_page import advised, people
from dashboards.decision_page.advised import Advised
from dashboards.i18n import t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View
from safety.nextdose.recommend import LevelNumbers

NAME = "decision-levels"

COUNTED = ("enrolled", "treated", "evaluable", "window", "pending", "indeterminate", "doubtful",
           "excluded")  # fmt: skip


@shown(NAME)
def levels(view: View) -> Shown:
    """Return the table of dose levels, lowest first."""
    found = advised.of(view)
    rows = [] if found is None else [_row(view, found, each) for each in found.found.levels]
    frame = pd.DataFrame(rows, columns=["LEVEL", *(c.name for c in _columns(view))])
    note = t("Subjects. Evaluable: who has a final verdict and counts. In doubt: whose verdict an "
             "open query or a held row could still change; they are counted as they stand. "
             "Posterior of the DLT rate: prior Beta(1, 1), evaluable subjects only.")  # fmt: skip
    return Shown(t("Dose levels"), frame, _columns(view), note,
                 t("The study has no dose levels."))  # fmt: skip


def _row(view: View, found: Advised, each: LevelNumbers) -> dict[str, Any]:
    count = {who: len(people.behind(view, found, who, each.name)) for who in COUNTED}
    tally, untreated = each.tally, not each.tally.treated
    return {
        "LEVEL": each.name,
        "NAME": f"{each.name} ({t('current')})" if each.name == found.found.current else each.name,
        **count,
        "dlt": f"{tally.dlt} / {tally.evaluable}",
        "grave": f"{each.cumulative} / {tally.evaluable}",
        "MEAN": t("nobody treated") if untreated else _posterior(each),
        "ABOVE": "" if untreated else f"{each.above_target:.3f}",
        "CLOSED": t("closed") if each.is_closed else t("open"),
    }


def _posterior(each: LevelNumbers) -> str:
    return f"{each.mean:.3f} ({each.low:.3f} - {each.high:.3f})"


def _columns(view: View) -> tuple[Column, ...]:
    def column(who: str) -> Column:
        def href(row: Mapping[str, Any]) -> str:
            return people.href(view, who, str(row["LEVEL"]))

        return Column(who, t(people.HEADERS[who]), "count", href=href)

    counted = tuple(column(who) for who in COUNTED)
    return (
        Column("NAME", t("Level")), *counted,
        Column("dlt", t("DLT / evaluable"), href=_of(view, "dlt")),
        Column("grave", t("DLT or late / evaluable"), href=_of(view, "grave")),
        Column("MEAN", t("Posterior mean (90 % interval)")),
        Column("ABOVE", t("Pr(rate > target)")),
        Column("CLOSED", t("By the design")),
    )  # fmt: skip


def _of(view: View, who: str) -> Any:
    def href(row: Mapping[str, Any]) -> str:
        is_none = str(row[who]).startswith("0 ")
        return "" if is_none else people.href(view, who, str(row["LEVEL"]))

    return href
