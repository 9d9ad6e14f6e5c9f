"""Baseline grade against the worst grade after, by level; each count leads to its subjects."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboards import raw
from dashboards.components import table
from dashboards.i18n import mark, t
from dashboards.labs_page import analyte
from dashboards.shown import Column, Href, Shown, shown
from dashboards.view import View
from safety.displays import shift
from safety.displays.shift import BASES, GRADES, WORSTS, Shifts, shifts

WORDS = {shift.NOT_GRADED: mark("not graded"), shift.MISSING: mark("missing"),
         shift.NO_VALUE: mark("no value after")}  # fmt: skip
TOTAL = "TOTAL"
ALL = ""  # every level together, in an address and in the rows


def parts(view: View) -> list[Any]:
    """Return the table of the term, those of other terms of its test, and a cell's subjects."""
    found = analyte.chosen(view)
    others = found is not None and len(found.terms) > 1
    cell = view.address.get("of")
    return [
        table.part("labs-shift", view),
        table.part("labs-shift-others", view) if others else None,
        table.part("labs-cell", view) if cell else None,
    ]


def of_terms(view: View, terms: tuple[str, ...]) -> Shifts:
    """Return the shifts of some terms, over all tests by which each was graded."""
    worst = view.frame("worst_grade")
    graded = pd.concat([view.frame("grade", term=term) for term in terms], ignore_index=True)
    frames = {"worst_grade": worst[worst["TERM"].isin(terms)], "grade": graded}
    return shifts(frames, view.population())


@shown("labs-shift")
def term(view: View) -> Shown:
    """Return the shifts of the chosen term."""
    found = analyte.chosen(view)
    return _shown(view, (found.term,) if found else (), t("Baseline to worst grade"))


@shown("labs-shift-others")
def others(view: View) -> Shown:
    """Return the shifts of the other terms of the same test: the other direction."""
    found = analyte.chosen(view)
    return _shown(view, found.terms[1:] if found else (), t("Other direction of the same test"))


def _shown(view: View, terms: tuple[str, ...], heading: str) -> Shown:
    columns = _columns(view)
    if not terms:
        return Shown(heading, pd.DataFrame(columns=[c.name for c in columns]), columns)
    found = of_terms(view, terms)
    rows = [row for each in _pairs(found) for level in _levels(found)
            for row in _square(found, *each, level)]  # fmt: skip
    note = t("{said}. Rows: grade of the baseline; columns: worst grade after the first dose. "
             "Rows without a subject are left out.", said=_said(view))  # fmt: skip
    title = f"{heading}: {', '.join(terms)}"
    listed = pd.DataFrame(rows, columns=["DIRECTION", *(c.name for c in columns)])
    return Shown(title, listed, columns, note, t("No value of it was graded."),
                 groups=(("", 3), (t("Worst grade after"), len(WORSTS)), ("", 1)))  # fmt: skip


def _said(view: View) -> str:
    found = view.population()
    return t("{n} of {m} treated subjects", n=len(found), m=found.treated)


def _pairs(found: Shifts) -> list[tuple[str, str]]:
    table = found.cells[["TERM", "DIRECTION"]].drop_duplicates()
    return [(str(a), str(b)) for a, b in table.itertuples(index=False, name=None)]


def _levels(found: Shifts) -> list[str]:
    """Return all levels together, and each one where there are several."""
    levels = [level for level, n in found.sizes.items() if n]
    return [ALL, *levels] if len(levels) > 1 else [ALL]


def _square(found: Shifts, term: str, direction: str, level: str) -> list[dict[str, Any]]:
    counts = found.square(term, direction, level or None)
    said = level or t("all")
    common = {"TERM": term, "DIRECTION": direction, "LEVEL": said}
    rows = [
        common | {"BASE": _word(base)} | {w: int(counts.loc[base, w]) for w in WORSTS}
        | {TOTAL: int(counts.loc[base].sum())}
        for base in BASES
    ]  # fmt: skip
    total = common | {"BASE": t("all")} | {w: int(counts[w].sum()) for w in WORSTS}
    total |= {TOTAL: int(counts.to_numpy().sum())}
    return [*(row for row in rows if row[TOTAL]), total]


def _word(name: str) -> str:
    return t(WORDS[name]) if name in WORDS else name


def _columns(view: View) -> tuple[Column, ...]:
    return (
        Column("TERM", t("CTCAE term")), Column("LEVEL", t("Level")), Column("BASE", t("Baseline")),
        *(Column(w, _word(w), "count", href=_cell(view, w), grade=_digit(w)) for w in WORSTS),
        Column(TOTAL, t("Subjects"), "count", href=_cell(view, "")),
    )  # fmt: skip


def _digit(worst: str) -> int | None:
    return int(worst) if worst in GRADES and worst != "0" else None


def _cell(view: View, worst: str) -> Href:
    """Return the address of the subjects of a cell."""
    codes = {_word(base): base for base in BASES}

    def href(row: dict[str, Any]) -> str:
        level = "" if row["LEVEL"] == t("all") else row["LEVEL"]
        return view.address.here(of=row["TERM"], base=codes.get(row["BASE"], ""), worst=worst,
                                 dose=level)  # fmt: skip

    return href


@shown("labs-cell")
def cell(view: View) -> Shown:
    """Return the subjects of the cell that the address names."""
    asked, found = view.address.get, analyte.chosen(view)
    known = found.terms if found else ()
    wanted = tuple(x for x in known if x == asked("of"))
    columns = _cell_columns(view)
    rows = of_terms(view, wanted).subjects if wanted else pd.DataFrame(
        columns=["USUBJID", "TERM", "LEVEL", "BASE", "WORST", "UNGRADED"]
    )  # fmt: skip
    for column, name in (("BASE", "base"), ("WORST", "worst"), ("LEVEL", "dose")):
        rows = rows[rows[column].eq(asked(name))] if asked(name) else rows
    said = [
        f"{head}: {_word(asked(name))}"
        for head, name in ((t("baseline"), "base"), (t("worst"), "worst"), (t("level"), "dose"))
        if asked(name)
    ]
    listed = rows.assign(
        BASE=[_word(x) for x in rows["BASE"]], WORST=[_word(x) for x in rows["WORST"]],
        ROWS=t("rows"),
    ).sort_values("USUBJID")  # fmt: skip
    heading = t("Subjects counted: {term}", term=asked("of"))
    return Shown(heading, listed, columns, "; ".join([*said, t("{n} subjects", n=len(listed))]),
                 t("No subject."))  # fmt: skip


def _cell_columns(view: View) -> tuple[Column, ...]:
    def rows(row: dict[str, Any]) -> str:
        return raw.href(view, "graded_value", term=row["TERM"], subject=view.handle(row["USUBJID"]))

    return (
        Column("USUBJID", t("Subject"), href=lambda row: view.subject_href(row["USUBJID"])),
        Column("LEVEL", t("Level")), Column("BASE", t("Baseline"), "grade"),
        Column("WORST", t("Worst grade after"), "grade"),
        Column("UNGRADED", t("Values after, not graded"), "number"),
        Column("ROWS", t("Values"), href=rows),
    )  # fmt: skip
