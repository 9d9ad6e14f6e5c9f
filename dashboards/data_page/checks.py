"""What the checks say of a snapshot: fails first, each with the rows that fail it."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from sqlalchemy import select

from dashboards import raw
from dashboards.components import detail, long, verdicts
from dashboards.components.table import exports
from dashboards.i18n import mark, t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View
from safety.store.tables import BITEMPORAL

OPEN = ("fail", "not_evaluable")  # what a person looks at; the rest is folded
STATUSES = (*OPEN, "pass", "not_applicable")
SEVERITIES = ("critical", "warning", "info")
WORDS = {"fail": mark("fail"), "not_evaluable": mark("cannot be judged"), "pass": mark("pass"),
         "not_applicable": mark("not applicable")}  # fmt: skip


def part(view: View) -> Any:
    """Return the part of the page."""
    rest = others(view)
    folded = detail.unfolded(
        t("{counts}: show them", counts=rest.note),
        dmc.Stack([exports("checks-other", view), long.drawn("checks-other", rest)], gap="xs"),
    )
    return dmc.Stack([long.part("checks-open", view), folded], gap="md")


@shown("checks-open")
def failing(view: View) -> Shown:
    """Return the checks that fail or could not be judged."""
    found = in_order(view.frame("finding"))
    looked = found[found["STATUS"].isin(OPEN)]
    return Shown(
        t("Checks that ask for somebody"), _said(view, looked), _columns(view),
        note=t("{counts}, of {n} checks; the number of failing rows leads to them",
               counts=counted(looked), n=f"{len(found):,}"),
        none=t("No check fails, and each could be judged."),
    )  # fmt: skip


@shown("checks-other")
def others(view: View) -> Shown:
    """Return the checks that pass or do not apply."""
    found = in_order(view.frame("finding"))
    rest = found[~found["STATUS"].isin(OPEN)]
    return Shown(t("Other checks"), _said(view, rest), _columns(view), note=counted(rest),
                 none=t("There is no other check."))  # fmt: skip


def in_order(findings: pd.DataFrame) -> pd.DataFrame:
    """Return findings with fails first, then what could not be judged; the severe before others."""
    ranks = {"STATUS": STATUSES, "SEVERITY": SEVERITIES}
    return findings.sort_values(
        ["STATUS", "SEVERITY", "CHECKID", "DOMAIN", "FILE"],
        key=lambda c: c.map({v: n for n, v in enumerate(ranks[c.name])}) if c.name in ranks else c,
        kind="stable",
    ).reset_index(drop=True)


def counted(findings: pd.DataFrame) -> str:
    """Return how many checks have each status, in words."""
    counts = findings["STATUS"].value_counts()
    said = [f"{counts[s]:,} {t(WORDS[s])}" for s in STATUSES if s in counts]
    return ", ".join(said) or t("none")


def _said(view: View, findings: pd.DataFrame) -> pd.DataFrame:
    named = _with_rows(view)
    places = list(zip(findings["CHECKID"], findings["DOMAIN"], strict=True))
    return findings.assign(
        STATUS=[t(WORDS[s]) for s in findings["STATUS"]],
        HAS_ROWS=[place in named for place in places],
        NOTE=[_note(row, place in named) for row, place in
              zip(findings.to_dict("records"), places, strict=True)],
    )  # fmt: skip


def _note(finding: dict[str, Any], are_named: bool) -> str:
    """Return the note of a check; of one that fails and names no row, of what it is said."""
    note = verdicts.given(finding["NOTE"])
    if are_named or not finding["FAILED"]:
        return note
    whole = t("It names no row: it is said of {where} as a whole.",
              where=finding["FILE"] or t("the delivery"))  # fmt: skip
    return f"{note} {whole}".strip()


def _with_rows(view: View) -> set[tuple[str, str]]:
    """Return check and domain of the findings that name rows in this snapshot."""
    table_of, cut = BITEMPORAL["finding_row"], view.shot.cut
    query = select(table_of.c.checkid, table_of.c.domain).distinct().where(
        table_of.c.study == cut.study, table_of.c.tx_from <= cut.seq, table_of.c.tx_to > cut.seq
    )  # fmt: skip
    with view.connection("finding_row") as connection:
        return {(str(check), str(domain)) for check, domain in connection.execute(query)}


def _columns(view: View) -> tuple[Column, ...]:
    def href(row: dict[str, Any]) -> str:
        if not row["HAS_ROWS"]:
            return ""
        return raw.href_all(view, "finding_row", check=row["CHECKID"], domain=row["DOMAIN"])

    return (
        Column("STATUS", t("Result")), Column("SEVERITY", t("Severity")),
        Column("CHECKID", t("Check")), Column("DOMAIN", t("Domain")),
        Column("TITLE", t("What is expected"), wide=True),
        Column("FAILED", t("Failing rows"), "number", href=href),
        Column("CHECKED", t("Checked rows"), "number"),
        Column("NOTE", t("Note"), wide=True), Column("HANDLING", t("Handling")),
        Column("CITATION", t("Basis")), Column("FILE", t("File")),
    )  # fmt: skip
