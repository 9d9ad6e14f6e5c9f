"""eDISH: peak aminotransferase against peak bilirubin, its quadrants, and who cannot be judged."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from dash import html

from dashboards import raw
from dashboards.components import choose, figure, table
from dashboards.figures.edish import edish_figure
from dashboards.i18n import mark, t
from dashboards.kept import Kept
from dashboards.shown import Column, Href, Shown, shown
from dashboards.view import View
from safety.displays import edish as numbers
from safety.displays.edish import CHOLESTASIS, HYS_LAW, NORMAL, TEMPLE, Edish, HysLawRule, edish
from safety.displays.liver_values import TESTS
from safety.displays.population import Chosen

QUADRANTS = {HYS_LAW: mark("Hy's law range"), CHOLESTASIS: mark("cholestasis"),
             TEMPLE: mark("Temple's corollary"), NORMAL: mark("normal or near normal")}  # fmt: skip
STATES = {numbers.MET: mark("met"), numbers.UNKNOWN: mark("cannot be judged"),
          numbers.NOT_MET: mark("not met")}  # fmt: skip
ANY_TIME = 10**6  # days
TABLES = ("measurement", "grade")
WINDOWS = {"": HysLawRule().within, "30": 30, "any": ANY_TIME}
SHORT = {HYS_LAW: "hy", CHOLESTASIS: "cholestasis", TEMPLE: "temple", NORMAL: "normal"}


@dataclass(frozen=True, slots=True, eq=False)
class Liver:
    """What is drawn. peaks: as `Edish.peaks`, with X and Y of the figure and their QUADRANT."""

    found: Edish
    peaks: pd.DataFrame
    by_baseline: bool


KEPT: Kept[Liver] = Kept(8)


def liver(view: View) -> Liver:
    """Return peaks, quadrants and Hy's law as the address asks for them."""
    get = view.address.get
    window = WINDOWS.get(get("window"), HysLawRule().within)
    rule = HysLawRule(within=window, alp=math.inf if get("alp") == "any" else HysLawRule().alp)
    by_baseline = get("of_base") == "1"
    frames = {name: [view.frame(name, paramcd=code) for code in TESTS] for name in TABLES}
    key = (view.settings.db_url, view.shot.snapshot_id, view.address.scope, rule, by_baseline)
    return KEPT.get(key, lambda: _liver(frames, view.population(), rule, by_baseline=by_baseline))


def _liver(
    read: Mapping[str, list[pd.DataFrame]], chosen: Chosen, rule: HysLawRule, *, by_baseline: bool
) -> Liver:
    frames = {name: pd.concat(found, ignore_index=True) for name, found in read.items()}
    found = edish(frames, chosen, rule)
    x, y = ("ALTX", "BILIX") if by_baseline else ("ALT", "BILI")
    peaks = found.peaks.assign(X=found.peaks[x], Y=found.peaks[y])
    return Liver(found, peaks.assign(QUADRANT=_quadrants(peaks, rule)), by_baseline)


def _quadrants(peaks: pd.DataFrame, rule: HysLawRule) -> pd.Series:
    """Return where each point lies: what is drawn is what is counted."""
    right, up = peaks["X"].gt(rule.aminotransferase), peaks["Y"].gt(rule.bilirubin)
    name = pd.Series(NORMAL, index=peaks.index, dtype="str")
    return name.mask(right, TEMPLE).mask(up, CHOLESTASIS).mask(right & up, HYS_LAW)


def parts(view: View) -> list[Any]:
    """Return options, figure, counts, listing, and who cannot be judged."""
    found = liver(view)
    drawn = edish_figure(
        found.peaks, found.found.rule, by_baseline=found.by_baseline,
        quadrants={q: t(word) for q, word in QUADRANTS.items()},
        states={s: t(word) for s, word in STATES.items()},
    )  # fmt: skip
    alt = t("Peak ALT or AST against peak bilirubin of each subject, as multiples on log axes")
    return [
        figure.part("labs-edish", drawn, view, alt=alt, lead=_options(view)),
        table.part("labs-quadrants", view),
        table.part("labs-liver", view),
        table.part("labs-liver-none", view),
    ]


def _options(view: View) -> Any:
    here, get = view.address.here, view.address.get
    windows = [
        choose.chip(text, here(window=value, quadrant=""), on=get("window") == value)
        for value, text in (("", t("{n} days", n=WINDOWS[""])), ("30", t("{n} days", n=30)),
                            ("any", t("any time")))
    ]  # fmt: skip
    units = [
        choose.chip(text, here(of_base=value, quadrant=""), on=get("of_base") == value)
        for value, text in (("", t("x ULN")), ("1", t("x baseline where that was above the ULN")))
    ]
    alp = [
        choose.chip(text, here(alp=value, quadrant=""), on=get("alp") == value)
        for value, text in (("", t("below {n} x ULN", n=f"{HysLawRule().alp:g}")),
                            ("any", t("any value")))
    ]  # fmt: skip
    groups = [choose.group(t("Both within"), windows), choose.group(t("Axes"), units),
              choose.group(t("ALP between the two"), alp)]  # fmt: skip
    return html.Div(groups, className="toxwatch-group")


def rule_said(rule: HysLawRule) -> str:
    """Return when Hy's law is met here, in words."""
    when = t("at any time") if rule.within == ANY_TIME else t("within {n} days", n=rule.within)
    alp = (
        t("any ALP value between them")
        if math.isinf(rule.alp)
        else t("an ALP below {n} x ULN between them", n=f"{rule.alp:g}")
    )
    return t(
        "Hy's law by time is met by ALT or AST above {a} x ULN and bilirubin above {b} x ULN "
        "{when} of each other, with {alp}; without an ALP value it cannot be judged",
        a=f"{rule.aminotransferase:g}", b=f"{rule.bilirubin:g}", when=when, alp=alp,
    )  # fmt: skip


@shown("labs-edish")
def points(view: View) -> Shown:
    """Return the points of the figure."""
    found = liver(view)
    told = t("{n} subjects have both peaks after the first dose, {m} have not. {rule}. It is for "
             "the eye; verdicts are those of the rules, which also know attribution.",
             n=len(found.peaks), m=len(found.found.not_evaluable),
             rule=rule_said(found.found.rule))  # fmt: skip
    return Shown(t("eDISH: peak ALT or AST against peak bilirubin"), _listed(found.peaks),
                 _columns(view), told, t("Nobody has both peaks."))  # fmt: skip


@shown("labs-quadrants")
def quadrants(view: View) -> Shown:
    """Return how many subjects lie in each quadrant, and in how many Hy's law is met by time."""
    found = liver(view)
    rows = []
    for quadrant, word in QUADRANTS.items():
        own = found.peaks[found.peaks["QUADRANT"].eq(quadrant)]
        counts = {s: int(own["HYS"].eq(s).sum()) for s in STATES}
        rows.append({"NAME": quadrant, "SAID": t(word), "N": len(own), **counts})
    columns = (
        Column("SAID", t("Quadrant")), Column("N", t("Subjects"), "count", href=_to(view, "")),
        *(Column(s, t("Hy's law by time: {state}", state=t(word)), "count", href=_to(view, s))
          for s, word in STATES.items()),
    )  # fmt: skip
    told = t(
        "By the peaks alone, whenever each was: above {a} and above {b}, not at them.",
        a=f"{found.found.rule.aminotransferase:g}",
        b=f"{found.found.rule.bilirubin:g}",
    )
    return Shown(t("Quadrants"), pd.DataFrame(rows), columns, told)


def _to(view: View, state: str) -> Href:
    keys = {s: str(i) for i, s in enumerate(STATES)}
    return lambda row: view.address.here(quadrant=SHORT[row["NAME"]], hys=keys.get(state, ""))


@shown("labs-liver")
def listed(view: View) -> Shown:
    """Return the subjects of the quadrant asked for; else all that are not near normal."""
    found, asked = liver(view), view.address.get("quadrant")
    names = {short: name for name, short in SHORT.items()}
    rows = found.peaks
    if asked in names:
        rows = rows[rows["QUADRANT"].eq(names[asked])]
        title = t("Subjects: {quadrant}", quadrant=t(QUADRANTS[names[asked]]))
    else:
        rows = rows[rows["QUADRANT"].ne(NORMAL) | rows["HYS"].ne(numbers.NOT_MET)]
        title = t("Subjects that are not near normal, or cannot be judged")
    state = dict(enumerate(STATES)).get(int(view.address.get("hys", "9")[:1] or "9"), "")
    rows = rows[rows["HYS"].eq(state)] if state else rows
    return Shown(title, _listed(rows), _columns(view), t("{n} subjects.", n=len(rows)),
                 t("No subject is there."))  # fmt: skip


def _listed(peaks: pd.DataFrame) -> pd.DataFrame:
    """Return subjects as they are listed, the most severe first."""
    rank = peaks["QUADRANT"].map({q: i for i, q in enumerate(QUADRANTS)})
    ordered = peaks.assign(RANK=rank).sort_values(["RANK", "X"], ascending=[True, False])
    times = {c: ordered[c].astype("float64").round(2) for c in ("ALT", "BILI", "ALTX", "BILIX")}
    return ordered.assign(
        **times, PLACE=[t(QUADRANTS[q]) for q in ordered["QUADRANT"]],
        STATE=[t(STATES[s]) for s in ordered["HYS"]], ROWS=t("rows"),
    )  # fmt: skip


def _columns(view: View) -> tuple[Column, ...]:
    def rows(code: str) -> Href:
        return lambda row: raw.href(view, "graded_value", param=code or row["TEST"],
                                    subject=view.handle(row["USUBJID"]))  # fmt: skip

    return (
        Column("USUBJID", t("Subject"), href=lambda row: view.subject_href(row["USUBJID"])),
        Column("LEVEL", t("Level")), Column("PLACE", t("Quadrant")),
        Column("STATE", t("Hy's law by time")), Column("TEST", t("Test")),
        Column("ALT", t("Peak ALT or AST (x ULN)"), "number", href=rows("")),
        Column("ALTDY", t("On day"), "number"),
        Column("BILI", t("Peak bilirubin (x ULN)"), "number", href=rows("BILI")),
        Column("BILIDY", t("On day"), "number"), Column("DAYS", t("Days between"), "number"),
        Column("ALTX", t("ALT or AST, x baseline if abnormal"), "number"),
        Column("BILIX", t("Bilirubin, x baseline if abnormal"), "number"),
        Column("INEXACT", t("A peak is < or >")), Column("UNUSED", t("Values left out"), "number"),
    )  # fmt: skip


@shown("labs-liver-none")
def unjudged(view: View) -> Shown:
    """Return who has no pair of peaks, and why."""
    found = liver(view).found.not_evaluable
    columns = (
        Column("USUBJID", t("Subject"), href=lambda row: view.subject_href(row["USUBJID"])),
        Column("LEVEL", t("Level")), Column("REASON", t("Because"), wide=True),
    )  # fmt: skip
    return Shown(t("Not in the figure"), found, columns,
                 t("{n} of {m} subjects.", n=len(found), m=len(view.population())),
                 t("Every chosen subject has both peaks."))  # fmt: skip
