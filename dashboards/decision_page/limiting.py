"""Dose-limiting toxicities, and toxicities as grave that came after the window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboards import raw
from dashboards.components import verdicts
from dashboards.components.verdicts import given
from dashboards.decision_page import advised
from dashboards.i18n import t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View
from safety.decisions import listing
from safety.decisions.decision import ADJUDICATION

DLTS, LATE = "decision-dlts", "decision-late"

MOST = 3  # lines of evidence that are shown; the page of the subject has all
# of a record by how its key begins: the list of rows that it stands in
LISTS = {
    "AE": "event", "EX": "dose", "EC": "dose", "LB": "measurement", "VS": "measurement",
    "EG": "measurement", "CM": "medication",
}  # fmt: skip


@shown(DLTS)
def dlts(view: View) -> Shown:
    """Return the DLT rules that are met in the window, with their evidence."""
    rows = _met(view, late=False)
    note = t("{n} rules met, in {m} subjects. The engine proposes; an adjudication is a named "
             "person's.", n=len(rows), m=rows["USUBJID"].nunique())  # fmt: skip
    return _shown(view, t("Dose-limiting toxicities"), rows, note,
                  t("No DLT rule is met. Of who is pending or cannot be judged that says "
                    "nothing."))  # fmt: skip


@shown(LATE)
def late(view: View) -> Shown:
    """Return the rules that are met after the window."""
    rows, found = _met(view, late=True), advised.of(view)
    says = found.found.late if found else ""
    if found and not says:
        says = t("Counted too, the design would say the same.")
    note = t("{n} rules met after the window, in {m} subjects; they are no DLTs.", n=len(rows),
             m=rows["USUBJID"].nunique())  # fmt: skip
    return _shown(view, t("Late toxicity"), rows, f"{note} {says}".strip(),
                  t("No rule is met after the window."))  # fmt: skip


def _met(view: View, *, late: bool) -> pd.DataFrame:
    rows = view.frame("rule_result")
    is_limiting = rows["KIND"].eq("dose_limiting") & rows["STATE"].eq("met")
    own = rows[is_limiting & rows["LATE"].eq("Y").eq(late)]
    has_levels = advised.has_levels(view.study)  # an arm is no dose level
    level = view.frame("verdict").set_index("USUBJID")["DOSELVL"] if has_levels else {}
    return own.assign(LEVEL=own["USUBJID"].map(level)).sort_values(["USUBJID", "RULE"])


def _shown(view: View, title: str, rows: pd.DataFrame, note: str, none: str) -> Shown:
    judged, rules = _adjudicated(view), view.shot.header.get("rules", {})
    told = [_row(row, view, rules, judged) for row in rows.to_dict("records")]
    columns = (
        Column("USUBJID", t("Subject"), href=lambda row: view.subject_href(row["USUBJID"])),
        Column("LEVEL", t("Level")),
        Column("RULE", t("Rule"), wide=True, href=lambda row: row["RULE HREF"]),
        Column("TERMS", t("Terms")), Column("ONSET", t("Onset day"), "number"),
        Column("LASTED", t("How long")),
        Column("EVIDENCE", t("Evidence"), wide=True, href=lambda row: row["HREF"]),
        Column("JUDGED", t("Adjudicated")),
    )  # fmt: skip
    names = [*(c.name for c in columns), "RULE HREF", "HREF"]
    return Shown(title, pd.DataFrame(told, columns=names), columns, note, none)


def _row(
    row: Mapping[Any, Any], view: View, rules: Mapping[str, str], judged: Mapping[str, str]
) -> dict[str, Any]:
    usubjid, code = row["USUBJID"], row["RULE"]
    found = verdicts.evidence(row)
    return {
        "USUBJID": usubjid, "LEVEL": given(row["LEVEL"]),
        "RULE": f"{code}: {rules[code]}" if code in rules else code,
        "TERMS": ", ".join(verdicts.items(row["TERMS"])),
        "ONSET": None if pd.isna(row["ONSETDY"]) else int(row["ONSETDY"]),
        "LASTED": given(row["DURATION"]), "EVIDENCE": _evidence(found),
        "JUDGED": judged.get(usubjid, t("not yet")),
        "RULE HREF": raw.href_row(advised.unfiltered(view), "rule_result", usubjid, row["KEY"]),
        "HREF": _record(view, usubjid, str(found[0]["record"]) if found else ""),
    }  # fmt: skip


def _evidence(found: list[dict[str, Any]]) -> str:
    lines = [_line(each) for each in found[:MOST]]
    more = len(found) - len(lines)
    return "; ".join([*lines, *([t("and {n} more", n=more)] if more else [])])


def _line(each: dict[str, Any]) -> str:
    if not each["file"]:
        return str(each["text"])
    return t("{text} ({file}, row {row})", text=each["text"], file=each["file"], row=each["row"])


def _record(view: View, usubjid: str, record: str) -> str:
    table = LISTS.get(record.partition("|")[0], "")
    return raw.href_row(advised.unfiltered(view), table, usubjid, record) if table else ""


def _adjudicated(view: View) -> dict[str, str]:
    """Return by subject what was adjudicated last, as it stands now."""
    with view.connection("decision") as connection:
        known = listing.listing(connection, view.shot.study)
    own = known[known["KIND"].eq(ADJUDICATION)].drop_duplicates("USUBJID")
    told = zip(own["USUBJID"], own["STATEMENT"], own["BY"], own["STATE"], strict=True)
    return {usubjid: f"{said}, {by} ({state})" for usubjid, said, by, state in told}
