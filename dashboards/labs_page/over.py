"""Values of one analyte over time, a line a subject: the numbers, and what they leave out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from dashboards import raw
from dashboards.components import grades
from dashboards.exposure_page.regimen import cycle_visit
from dashboards.i18n import t
from dashboards.kept import Kept
from dashboards.labs_page import analyte
from dashboards.labs_page.analyte import Analyte
from dashboards.labs_page.common import Common, common, ladders
from dashboards.shown import Column, Shown, shown
from dashboards.view import View
from safety.displays.population import Frames
from safety.displays.spaghetti import Spaghetti, spaghetti

MOST = 50  # subjects whose lines are drawn
UNIT, ULN = "unit", "uln"
CYCLE = "cycle"


@dataclass(frozen=True, slots=True, eq=False)
class Over:
    """What is drawn: the values, the bands that most subjects share, and how it was asked."""

    analyte: Analyte
    found: Spaghetti
    bands: Common
    multiple: bool
    by_cycle: bool
    forced: bool  # multiples were chosen because limits differ, not because somebody asked


KEPT: Kept[Over] = Kept(8)


def over(view: View, chosen: Analyte) -> Over:
    """Return values and bands; as multiples of the ULN if asked, or if limits differ by subject."""
    axis, asked = view.address.get("axis"), view.address.get("as")
    _frames(view, chosen)  # each who looks is noted as having read them, kept or not
    key = (view.settings.db_url, view.shot.snapshot_id, view.address.scope, chosen, axis, asked)
    return KEPT.get(key, lambda: _over(view, chosen, by_cycle=axis == CYCLE, asked=asked))


def _over(view: View, chosen: Analyte, *, by_cycle: bool, asked: str) -> Over:
    plain = _drawn(view, chosen, by_cycle=by_cycle, multiple=asked == ULN)
    if asked or plain.bands.holds_for_all:
        return plain
    times = _drawn(view, chosen, by_cycle=by_cycle, multiple=True)
    better = times.bands.subjects > plain.bands.subjects and bool(times.bands.bands)
    return replace(times, forced=True) if better else plain


def _drawn(view: View, chosen: Analyte, *, by_cycle: bool, multiple: bool) -> Over:
    frames = _frames(view, chosen)
    found = spaghetti(
        frames, view.population(), chosen.code, axis="cycle" if by_cycle else "study",
        multiple=multiple, most=MOST, cycle_visit=cycle_visit(view),
    )  # fmt: skip
    graded = frames["grade"].drop_duplicates("MKEY")[["MKEY", "GUNIT", "BASE", "BASESTATE"]]
    rows = frames["measurement"].merge(graded, left_on="KEY", right_on="MKEY")
    rows = rows[rows["USUBJID"].isin(found.values["USUBJID"])]
    ways = ladders(view.shot.ctcae, chosen.code, rows["SPEC"].unique(), chosen.terms)
    unit = _unit(rows) if multiple else found.unit
    return Over(chosen, found, common(rows, ways, unit, multiple=multiple), multiple, by_cycle,
                forced=False)  # fmt: skip


def _unit(rows: pd.DataFrame) -> str:
    known = rows["GUNIT"].dropna().value_counts()
    return str(known.index[0]) if len(known) else ""


def _frames(view: View, chosen: Analyte) -> Frames:
    return {
        "measurement": view.frame("measurement", paramcd=chosen.code),
        "grade": view.frame("grade", paramcd=chosen.code),
        "visit": view.frame("visit"),
    }


def numbered(found: Spaghetti) -> dict[str, int]:
    """Return the number of each line: 1 is the subject of the worst grade after the first dose."""
    after = found.values["GRADE"].where(found.values["ADY"].gt(0), pd.NA).fillna(-1)
    worst = found.values.assign(TOP=after).groupby("USUBJID", as_index=False)["TOP"].max()
    order = worst.sort_values(["TOP", "USUBJID"], ascending=[False, True])
    return {str(who): n for n, who in enumerate(order["USUBJID"], 1)}


def title(drawn: Over) -> str:
    """Return what is drawn, with its unit."""
    unit = drawn.found.unit or t("no unit")
    return f"{drawn.analyte.code} ({unit}): {', '.join(drawn.analyte.terms)}"


@shown("labs-values")
def values(view: View) -> Shown:
    """Return the values of the figure."""
    found = analyte.chosen(view)
    columns = _columns()
    if found is None:
        return Shown(t("Values"), pd.DataFrame(columns=[c.name for c in columns]), columns)
    drawn = over(view, found)
    lines = numbered(drawn.found)
    rows = drawn.found.values.assign(
        LINE=drawn.found.values["USUBJID"].map(lines),
        GRADE=[grades.mark(g) for g in drawn.found.values["GRADE"]],
        VALUE=drawn.found.values["VALUE"].round(4),
    ).sort_values(["LINE", "ADY"], kind="stable")  # fmt: skip
    return Shown(title(drawn), rows, columns, note(drawn), t("No value can be drawn."))


def _columns() -> tuple[Column, ...]:
    return (
        Column("LINE", t("Line"), "number"),
        Column("USUBJID", t("Subject")),
        Column("LEVEL", t("Level")), Column("ADY", t("Day"), "number"),
        Column("CYCLE", t("Cycle"), "number"), Column("CYCLEDY", t("Cycle day"), "number"),
        Column("COMPARATOR", t("Sign")), Column("VALUE", t("Value"), "number"),
        Column("GRADE", t("Grade"), "grade"), Column("SERIES", t("Position, time point")),
    )  # fmt: skip


def note(drawn: Over) -> str:
    """Return the denominators: who is drawn, who is not, and which values are left out."""
    found = drawn.found
    said = [t("{n} subjects are drawn, those of the worst grade first", n=found.shown)]
    if found.not_shown:
        said.append(t("{n} with values are not drawn; the median is of all", n=found.not_shown))
    if found.absent:
        said.append(t("{n} have no value at all", n=len(found.absent)))
    if found.not_gradable:
        said.append(t("{n} of the drawn values are not gradable", n=found.not_gradable))
    said += [t("{n} values not drawn: {why}", n=n, why=t(why)) for why, n in found.unused.items()]
    return "; ".join(said) + "."


@shown("labs-lines")
def lines(view: View) -> Shown:
    """Return who each line is, with what was found in them and the rows it rests on."""
    found = analyte.chosen(view)
    columns = _line_columns(view, found)
    heading = t("Who each line is")
    if found is None:
        return Shown(heading, pd.DataFrame(columns=[c.name for c in columns]), columns)
    drawn = over(view, found)
    rows = pd.DataFrame(
        [_line(n, who, drawn.found.values) for who, n in numbered(drawn.found).items()],
        columns=[c.name for c in columns],
    )
    told = t("Worst grade after the first dose; the number of values leads to their rows.")
    return Shown(heading, rows, columns, told, t("No subject has a value that can be drawn."))


def _line(number: int, who: str, values: pd.DataFrame) -> dict[str, Any]:
    own = values[values["USUBJID"].eq(who)]
    after = own[own["ADY"].gt(0)]
    graded = after[after["GRADE"].notna()]
    worst = graded.sort_values(["GRADE", "ADY"], ascending=[False, True]).head(1)
    top = worst.iloc[0] if len(worst) else None
    return {
        "LINE": number, "USUBJID": who, "LEVEL": own["LEVEL"].iloc[0], "VALUES": len(own),
        "FIRST": own["ADY"].min(), "LAST": own["ADY"].max(),
        "GRADE": grades.mark(top["GRADE"]) if top is not None else "",
        "WORST": round(float(top["VALUE"]), 4) if top is not None else None,
        "DAY": top["ADY"] if top is not None else None,
        "UNGRADED": int(after["GRADE"].isna().sum()), "CURVE": t("bands and rows"),
    }  # fmt: skip


def _line_columns(view: View, found: Analyte | None) -> tuple[Column, ...]:
    code = found.code if found else ""

    def rows(row: dict[str, Any]) -> str:
        handle = view.handle(row["USUBJID"])
        return raw.href(view, "measurement", param=code, subject=handle)

    return (
        Column("LINE", t("Line"), "number"),
        Column("USUBJID", t("Subject"), href=lambda row: view.subject_href(row["USUBJID"])),
        Column("LEVEL", t("Level")), Column("VALUES", t("Values"), "number", href=rows),
        Column("FIRST", t("First day"), "number"), Column("LAST", t("Last day"), "number"),
        Column("GRADE", t("Worst grade"), "grade"), Column("WORST", t("Its value"), "number"),
        Column("DAY", t("On day"), "number"),
        Column("UNGRADED", t("Not gradable after the first dose"), "number"),
        Column("CURVE", t("Alone"), href=lambda row: view.address.here(
            show="", subject=view.handle(row["USUBJID"]))),
    )  # fmt: skip
