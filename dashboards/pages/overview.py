"""Overview: who is in the study, what was taken, what the data are worth."""

from __future__ import annotations

from typing import Any

import dash
import dash_mantine_components as dmc
import pandas as pd

from dashboards import data
from dashboards.components import grades, verdicts
from dashboards.components.grid import grid, number, text
from dashboards.components.parts import no_snapshot, nothing, section, stat
from safety.ctcae.reasons import describe
from safety.store.read import Snapshot

dash.register_page(__name__, path="/", name="Overview", order=0, title="toxwatch: overview")


def layout(study: str | None = None, **_: Any) -> Any:
    """Return the page for the newest snapshot of a study."""
    shot = data.snapshot(study)
    if shot is None:
        return no_snapshot()
    return dmc.Stack(
        [
            _numbers(shot),
            _verdicts(shot),
            _exposure(shot),
            _grades(shot),
            _deliveries(shot),
            _checks(shot),
            _quarantine(shot),
        ],
        gap="lg",
    )


def _numbers(shot: Snapshot) -> dmc.SimpleGrid:
    found = shot.summary
    rows, candidates = found["rows"], found["candidates"]
    ungraded = sum(found["not_gradable"].values())
    evaluated = found["measurements"]["terms_evaluated"]
    alerts = data.store().alerts(shot.study)
    open_alerts = alerts[alerts["STATE"].eq("open")]
    urgent = int(open_alerts["TIER"].eq("P1").sum())
    return dmc.SimpleGrid(
        [
            stat("Subjects treated", f"{found['treated']:,}", f"of {found['subjects']:,} in DM"),
            stat(
                "DLT candidates",
                f"{candidates.get('met', 0)}",
                f"{candidates.get('not_evaluable', 0)} more cannot be judged",
            ),
            stat("Open alerts", f"{len(open_alerts)}", f"{urgent} of tier P1"),
            stat("Grades 3 and 4 measured", _severe(found["grades"]), f"of {evaluated:,} graded"),
            stat("Not gradable", f"{ungraded:,}", f"of {evaluated:,}, reasons below"),
            stat("Rows quarantined", f"{rows['quarantined']:,}", f"of {rows['received']:,} rows"),
        ],
        cols={"base": 2, "sm": 3, "lg": 6},
    )


def _severe(counts: dict[str, int]) -> str:
    return f"{sum(n for g, n in counts.items() if int(g) >= 3):,}"


def _verdicts(shot: Snapshot) -> Any:
    """Verdicts by dose level; a study without dose levels says that escalation does not apply."""
    found = data.frame("verdict", shot)
    dosed = found[found["CLOSES"].notna()]
    table = dosed.assign(
        DOSELVL=[verdicts.level(x, shot) or "(no dose level)" for x in dosed["DOSELVL"]],
        LATE=lambda f: f["LATE"].eq("Y"),
    )  # fmt: skip
    counts = table.groupby("DOSELVL").agg(
        TREATED=("USUBJID", "size"), EVALUABLE=("EVALUABLE", _evaluable), LATE=("LATE", "sum"),
        **{v: ("VERDICT", lambda x, v=v: int(x.eq(v).sum())) for v in verdicts.ORDER},
    )  # fmt: skip
    columns = [
        text("DOSELVL", "Dose level", 150),
        number("TREATED", "Treated"),
        text("EVALUABLE", "Evaluable", 110),
        *(number(v, verdicts.WORDS[v], 130) for v in verdicts.ORDER),
        number("LATE", "Late DLT equivalent", 130),
    ]
    pauses = data.frame("pause", shot)
    stops = [
        dmc.Alert(
            f"{p['RULE']}: {p['RULETEXT']} ({', '.join(verdicts.items(p['SUBJECTS']))})",
            title=f"Enrolment pause {p['DOSELVL'] or ''}".strip(), color="red", variant="outline",
        )
        for p in pauses.to_dict("records")
    ]  # fmt: skip
    note = f"treated subjects, as proposed by the rules; escalation {shot.summary['escalation']}"
    return section(
        "Dose-limiting toxicity",
        note,
        *stops,
        grid(
            counts.reset_index(),
            columns,
            grid_id="verdicts",
            height=190,
            label="Verdicts by dose level",
        ),
    )


def _evaluable(answers: pd.Series) -> str:
    """Return how many are evaluable; where that was decided of nobody, that is not none."""
    decided = answers.isin(["Y", "N"]).any()
    return str(int(answers.eq("Y").sum())) if decided else "not decided"


def _exposure(shot: Snapshot) -> Any:
    treated = data.treated(shot)
    days = treated.assign(EXPDAYS=pd.to_numeric(treated["EXPDAYS"]))
    table = days.groupby("ARM", as_index=False).agg(
        TREATED=("USUBJID", "size"), DOSES=("DOSES", "sum"), MEDIAN=("EXPDAYS", "median"),
        SHORTEST=("EXPDAYS", "min"), LONGEST=("EXPDAYS", "max"),
        UNKNOWN=("EXPDAYS", lambda d: int(d.isna().sum())),
    )  # fmt: skip
    return section(
        "Exposure",
        f"{len(treated):,} treated subjects, by arm received",
        grid(
            table,
            [
                text("ARM", "Arm", 220),
                number("TREATED", "Treated"),
                number("DOSES", "Dose records"),
                number("MEDIAN", "Median days"),
                number("SHORTEST", "Shortest"),
                number("LONGEST", "Longest"),
                number("UNKNOWN", "Days unknown"),
            ],
            grid_id="exposure",
            height=190,
            label="Exposure by arm",
        ),
    )


def _grades(shot: Snapshot) -> Any:
    found = shot.summary
    measured = found["measurements"]
    graded = [
        dmc.Badge(
            f"grade {g}: {n:,}",
            color=grades.COLOURS.get(int(g), "#FFFFFF"),
            autoContrast=True,
            size="lg",
            radius="sm",
            className="toxwatch-grade",
        )
        for g, n in found["grades"].items()
    ]
    reasons = [dmc.ListItem(f"{n:,}: {describe(r)}") for r, n in found["not_gradable"].items()]
    return section(
        "Grading",
        f"{measured['all']:,} measurements: {measured['with_criteria']:,} have CTCAE criteria, "
        f"{measured['without_criteria']:,} have none, {measured['not_done']:,} were not done",
        dmc.Group(graded),
        dmc.Text("Not gradable (never counted as grade 0):", size="sm"),
        dmc.List(reasons, size="sm") if reasons else nothing("Every value has a grade."),
    )


def _deliveries(shot: Snapshot) -> Any:
    table = data.store().deliveries(shot.study)
    # a delivery that could not be opened has no files: what is said of it is said of the whole
    table["FILE_STATUS"] = table["FILE_STATUS"].fillna(table["STATUS"])
    table["FILE_REASON"] = table["FILE_REASON"].fillna(table["REASON"])
    table["SHA256"] = table["SHA256"].str[:12]
    table["DOMAIN"] = table["DOMAIN"].where(table["DOMAIN"].ne(""), "not used")
    return section(
        "Feeds and deliveries",
        "rows received = accepted + quarantined + exact duplicates + superseded + deleted",
        grid(
            table,
            [
                number("SEQ", "Delivery", 100),
                text("FEED", "Feed", 90),
                text("FILE_STATUS", "Status", 110),
                text("NAME", "File", 190),
                text("DOMAIN", "Domain", 100),
                number("RECEIVED", "Received"),
                number("ACCEPTED", "Accepted"),
                number("QUARANTINED", "Quarantined", 130),
                number("DUPLICATES", "Exact duplicates", 115),
                number("SUPERSEDED", "Superseded", 120),
                number("DELETED", "Deleted", 100),
                text("SHA256", "SHA-256", 140),
                text("RECEIVED_AT", "Received at (UTC)", 230),
                text("FILE_REASON", "Reason", 320),
            ],
            grid_id="deliveries",
            height=320,
            label="Deliveries with row accounting",
        ),
    )


def _checks(shot: Snapshot) -> Any:
    table = data.frame("finding", shot)
    order = {"fail": 0, "not_evaluable": 1, "pass": 2, "not_applicable": 3}
    table = table.sort_values(["STATUS", "CHECKID"], key=lambda c: c.map(order).fillna(c))
    table["STATUS"] = table["STATUS"].str.replace("_", " ")
    counts = shot.summary["checks"]
    note = ", ".join(f"{n} {s.replace('_', ' ')}" for s, n in counts.items())
    return section(
        "Checks",
        note,
        grid(
            table,
            [
                text("CHECKID", "Check", 100),
                text("STATUS", "Result", 135),
                text("DOMAIN", "Domain", 100),
                text("TITLE", "What is expected", 320),
                number("FAILED", "Rows failing"),
                number("CHECKED", "Rows checked"),
                text("HANDLING", "Handling", 110),
                text("SEVERITY", "Severity", 100),
                text("CITATION", "Basis", 110),
                text("NOTE", "Note", 160),
            ],
            grid_id="checks",
            height=380,
            label="Data checks",
        ),
    )


def _quarantine(shot: Snapshot) -> Any:
    table = data.frame("quarantine", shot)
    received = shot.summary["rows"]["received"]
    if table.empty:
        return section(
            "Quarantine", f"0 of {received:,} rows", nothing("No row of this snapshot is held.")
        )
    return section(
        "Quarantine",
        f"{len(table):,} of {received:,} rows are held from statistics; they still alarm",
        grid(
            table,
            [
                text("DOMAIN", "Domain", 100),
                text("SRCFILE", "File", 100),
                number("SRCROW", "Row", 80),
                text("USUBJID", "Subject", 140),
                text("REASON", "Held because", 420, wrap=True),
                text("RAW", "Row as received", 320),
            ],
            grid_id="quarantine",
            label="Quarantined rows",
        ),
    )
