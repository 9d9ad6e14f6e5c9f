"""One subject: verdict, the argument for it down to file and row, and what is still open."""

from __future__ import annotations

import json
from typing import Any

import dash
import dash_mantine_components as dmc
import pandas as pd
from dash import Input, Output, callback, dcc

from dashboards import data
from dashboards.components import verdicts
from dashboards.components.grid import grid, number, text
from dashboards.components.parts import no_snapshot, nothing, section
from safety.store.read import Snapshot

NO_DRUGS = "The study file has no drugs or dose levels."

dash.register_page(__name__, path="/subject", name="Subject", order=1.5, title="toxwatch: subject")


def layout(study: str | None = None, **_: Any) -> Any:
    """Return the page; the subject is chosen on it and never stands in the address."""
    shot = data.snapshot(study)
    if shot is None:
        return no_snapshot()
    found = _by_urgency(data.frame("verdict", shot))
    options = [
        {"value": r.USUBJID, "label": f"{r.USUBJID}: {verdicts.WORDS[r.VERDICT]}"}
        for r in found.itertuples(index=False)
    ]
    return dmc.Stack(
        [
            dcc.Store(id="subject-study", data=shot.study),
            dmc.Select(
                id="subject-chosen", label=f"Subject ({len(found)}), most urgent first",
                data=options, value=options[0]["value"] if options else None, searchable=True,
                allowDeselect=False, w=420,
            ),
            dmc.Box(id="subject-view"),
        ],
        gap="lg",
    )  # fmt: skip


def _by_urgency(found: pd.DataFrame) -> pd.DataFrame:
    rank = found["VERDICT"].map({v: i for i, v in enumerate(verdicts.ORDER)})
    return found.assign(RANK=rank).sort_values(["RANK", "USUBJID"])


@callback(
    Output("subject-view", "children"),
    Input("subject-study", "data"),
    Input("subject-chosen", "value"),
)
def draw_subject(study: str, usubjid: str | None) -> Any:
    """Draw everything about one subject."""
    shot = data.snapshot(study)
    if shot is None:
        return no_snapshot()
    if not usubjid:
        return nothing("Choose a subject.")
    of = {
        name: data.subject_frame(name, shot, usubjid)
        for name in ("verdict", "rule_result", "surveillance", "dose_account", "trigger",
                     "deviation")
    }  # fmt: skip
    if of["verdict"].empty:
        return nothing(f"{usubjid} was not assessed in this snapshot.")
    return dmc.Stack(
        [
            _answer(of["verdict"].iloc[0], shot),
            _argument(of["rule_result"], shot),
            _open(of["rule_result"], shot),
            _asked(of["verdict"].iloc[0]),
            _surveillance(of["surveillance"]),
            _doses(of["dose_account"]),
            _modification(of["trigger"], shot),
            _deviations(of["deviation"], shot),
        ],
        gap="lg",
    )


def _answer(found: Any, shot: Snapshot) -> Any:
    of_study = verdicts.level(found["DOSELVL"], shot)
    level = f"dose level {of_study}" if of_study else "no dose level"
    onset = "" if pd.isna(found["ONSETDY"]) else f"onset day {int(found['ONSETDY'])}"
    closes = f"; closes {found['CLOSES']}" if verdicts.given(found["CLOSES"]) else ""
    late = dmc.Badge("late DLT equivalent", color="#C8450A", radius="sm", size="lg")
    return section(
        str(found["USUBJID"]),
        f"{level}; as of {shot.as_of}; proposed by the rules, not adjudicated",
        dmc.Group(
            [
                verdicts.verdict(found["VERDICT"]),
                dmc.Text(onset) if onset else None,
                late if found["LATE"] else None,
                dmc.Text(f"{verdicts.EVALUABLE[found['EVALUABLE']]}: {found['REASON']}"),
            ]
        ),
        dmc.Text(f"Window: {found['WINDOWTEXT']}{closes}", size="sm"),
    )


def _argument(rules: pd.DataFrame, shot: Snapshot) -> Any:
    """Rules that are met, or that an event leaves undecided; the silent ones by name."""
    spoken = rules[rules["TERMS"].ne("[]") & rules["STATE"].ne("not_met")]
    silent = rules[rules["TERMS"].eq("[]") & rules["LATE"].eq("")]
    texts = shot.header.get("rules", {})
    cards = [
        _card(row, texts.get(row["RULE"], ""), shot.as_of) for row in spoken.to_dict("records")
    ]
    return section(
        "The argument",
        f"{len(spoken)} met or left undecided by an event, of {len(rules)} rules",
        *(cards or [nothing("No event speaks for a rule.")]),
        *_silent(silent),
    )


def _card(row: dict[str, Any], text_: str, as_of: str) -> dmc.Paper:
    shown = [
        f"{e['date']}  {e['text']}  ({e['file']}, row {e['row']})" for e in verdicts.evidence(row)
    ]
    missing = verdicts.items(row["MISSING"])
    by = verdicts.given(row["SETTLESBY"])
    exception = " (an exception: its event does not count)" if row["KIND"] == "exception" else ""
    when = "after the window; " if row["LATE"] else ""
    return dmc.Paper(
        [
            dmc.Group(
                [
                    dmc.Text(row["RULE"], fw=700),
                    verdicts.state(row["STATE"]),
                    dmc.Text(f"{when}{text_}{exception}"),
                ]
            ),
            dmc.Text(
                "; ".join(x for x in (", ".join(verdicts.items(row["TERMS"])), row["DURATION"])
                          if x),
                size="sm",
            ),
            dmc.List([dmc.ListItem(line) for line in shown], size="sm"),
            dmc.Text("Missing: " + "; ".join(missing), size="sm", fw=600) if missing else None,
            dmc.Text(f"Settles by {by}", size="sm") if by >= as_of else None,
        ],
        withBorder=True,
        p="sm",
    )  # fmt: skip


def _silent(rules: pd.DataFrame) -> list[Any]:
    lines = []
    for value, words in (("not_met", "Not met"), ("not_evaluable", "Cannot be judged")):
        rows = rules[rules["STATE"].eq(value)]
        why = sorted({m for text_ in rows["MISSING"] for m in verdicts.items(text_)})
        because = f" - {'; '.join(why)}" if why else ""
        if len(rows):
            lines.append(dmc.Text(f"{words}: {', '.join(rows['RULE'])}{because}", size="sm"))
    return lines


def _open(rules: pd.DataFrame, shot: Snapshot) -> Any:
    can_still = rules["SETTLESBY"].ge(shot.as_of).fillna(False)
    dated = rules[can_still & rules["STATE"].eq("not_evaluable")]
    dated = dated.assign(ASK=["; ".join(verdicts.items(m)) for m in dated["MISSING"]])
    table = dated.groupby(["SETTLESBY", "ASK"], as_index=False).agg(RULES=("RULE", ", ".join))
    if table.empty:
        return section("Open", "dates by which a record decides", nothing("Nothing is open."))
    columns = [text("SETTLESBY", "By", 110), text("RULES", "Rules", 200),
               text("ASK", "What decides it", 420, wrap=True)]  # fmt: skip
    return section(
        "Open", "dates by which a record decides",
        grid(table.sort_values("SETTLESBY"), columns, grid_id="subject-open",
             height=_height(table, tall=True), label="Open questions with dates"),
    )  # fmt: skip


def _asked(found: Any) -> Any:
    lines = [f"Note: {x}" for x in verdicts.items(found["FLAGS"])]
    lines += [f"Query: {x}" for x in verdicts.items(found["QUERIES"])]
    shown = dmc.List([dmc.ListItem(x) for x in lines], size="sm") if lines else nothing("None.")
    return section("Notes and queries", f"{len(lines)}", shown)


def _height(table: pd.DataFrame, *, tall: bool = False) -> int:
    """Return a height that shows a short table whole."""
    return min(62 + (64 if tall else 44) * len(table), 460)


def _surveillance(table: pd.DataFrame) -> Any:
    note = "was it looked for? required assessments of the window"
    if table.empty:
        return section("Surveillance", note, nothing("The study file requires no assessment."))
    table = table.assign(DONE=[", ".join(verdicts.items(d)) for d in table["DONEON"]],
                         STATUS=table["STATUS"].str.replace("_", " "))  # fmt: skip
    columns = [text("ASSESSMENT", "Assessment", 130), text("DUEWINDOW", "Window", 130),
               text("STATUS", "Status", 110), text("DUEBY", "Due by", 120),
               text("DONE", "Done on", 300)]  # fmt: skip
    return section("Surveillance", note,
                   grid(table, columns, grid_id="subject-surveillance", height=_height(table),
                        label="Required assessments"))  # fmt: skip


def _doses(table: pd.DataFrame) -> Any:
    note = "intakes; RDI is mg taken of mg planned, over the time that has elapsed"
    if table.empty:
        return section("Exposure", note, nothing(NO_DRUGS))
    lost = [", ".join(f"{n:g} {why}" for why, n in json.loads(m).items()) for m in table["MISSED"]]
    share = ["not known" if pd.isna(r) else f"{r:.0%}" for r in table["RDI"]]
    table = table.assign(LOST=lost, SHARE=share).sort_values(["CYCLE", "DRUG"])
    columns = [number("CYCLE", "Cycle", 80), text("DRUG", "Drug", 140),
               number("PLANNED", "Planned"), number("TAKEN", "Taken"), text("SHARE", "RDI", 90),
               text("LOST", "Missed", 240), number("UNRECORDED", "No record", 110)]  # fmt: skip
    return section("Exposure", note,
                   grid(table, columns, grid_id="subject-doses", height=_height(table),
                        label="Planned against taken"))  # fmt: skip


def _silence(looked: str, shot: Snapshot) -> Any:
    """Nothing was found, which is not the same as nothing to look for."""
    return nothing(looked if shot.summary["escalation"] == "applies" else NO_DRUGS)


def _modification(table: pd.DataFrame, shot: Snapshot) -> Any:
    note = "every rule and gate that fired; per drug the most conservative one wins"
    if table.empty:
        return section("Dose modification", note, _silence("No rule or gate fired.", shot))
    sure = table["STATE"].eq("met")
    table = table.assign(
        WINNER=table["WINS"].map({"Y": "yes"}).fillna("no"),
        ACTION=table["ACTION"].where(sure, table["ACTION"] + " (cannot be judged)"),
        RESUME=table["RESUME"].where(
            sure, ["; ".join(verdicts.items(m)) for m in table["MISSING"]]
        ),
    ).sort_values(["ONDT", "DRUG", "RULE"])
    columns = [text("ONDT", "On", 118), text("DRUG", "Drug", 140), text("RULE", "Rule", 95),
               text("RULETEXT", "What", 190, wrap=True), text("ACTION", "Action", 105, wrap=True),
               text("WINNER", "Wins", 75), text("RESUME", "Resume, or missing", 200, wrap=True),
               text("NEXTDOSE", "Next dose", 105), text("UNTILDT", "Until", 118)]  # fmt: skip
    return section("Dose modification", note,
                   grid(table, columns, grid_id="subject-triggers",
                        height=_height(table, tall=True), label="Modification rules"))  # fmt: skip


def _deviations(table: pd.DataFrame, shot: Snapshot) -> Any:
    note = "what was done against what the rules expected"
    if table.empty:
        return section("Deviations", note, _silence("None.", shot))
    table = table.assign(KIND=table["KIND"].str.replace("_", " ")).sort_values(["ONDT", "DRUG"])
    columns = [text("ONDT", "On", 118), text("DRUG", "Drug", 140), text("KIND", "Kind", 170),
               text("RULE", "Rule", 90), text("EXPECTED", "Expected", 305, wrap=True),
               text("ACTUAL", "Actual", 305, wrap=True)]  # fmt: skip
    return section("Deviations", note,
                   grid(table, columns, grid_id="subject-deviations",
                        height=_height(table, tall=True),
                        label="Deviations from the rules"))  # fmt: skip
