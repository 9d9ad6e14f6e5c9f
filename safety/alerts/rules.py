"""Which results are worth waking somebody: pure functions from results to alerts.

One alert a study, subject, rule and episode. A value that may be grade 4 but could not be graded
exactly alarms as unverified (principles 3 and 4).
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from safety.alerts import assessed, data, held
from safety.alerts.context import with_context
from safety.alerts.fact import AlertFact, Results, alert, either, told
from safety.assess.grades import highest, lowest
from safety.study.model import Study

HIGH_GRADE, DEATH = "GRADE4", "DEATH"
FATAL = 5


def derive(results: Results, study: Study) -> list[AlertFact]:
    """Return every alert the results call for, in a fixed order, the worst of each episode."""
    found = [
        *_high_measurements(results, study),
        *_high_events(results, study),
        *assessed.derive(results, study),
        *held.derive(results, study),
        *_deaths(results, study),
    ]
    found += data.derive(results, found, study)
    placed = with_context(_strongest(found), results, study)
    return sorted(placed, key=lambda a: (a.usubjid, a.rule, a.episode))


def _strongest(found: list[AlertFact]) -> list[AlertFact]:
    """Return the worst alert of each subject, rule and episode; of equal ones the first."""
    strongest: dict[tuple[str, str, str], AlertFact] = {}
    for fact in found:
        known = strongest.get((fact.usubjid, fact.rule, fact.episode))
        if known is None or fact.rank > known.rank:
            strongest[fact.usubjid, fact.rule, fact.episode] = fact
    return list(strongest.values())


def _high_measurements(results: Results, study: Study) -> list[AlertFact]:
    """New grade 4 values after the first dose, by episode; worse than the baseline's grade.

    Also after the treatment-emergent period: an alarm must not depend on the last dose record.
    """
    grades = results.grades
    possible = highest(grades["NUMPOSS"])
    top = possible.ge(study.alerts.grade) & grades["POSTFL"].eq("Y")
    rows = grades[top & grades["BTOXGR"].fillna(0).lt(possible)]
    values = results.measurements.set_index("KEY")
    return [
        _measurement_alert(row, values.loc[row["MKEY"]], results.episodes, study)
        for row in rows.sort_values(["ADTMIN", "MKEY"]).to_dict("records")
    ]


def _measurement_alert(
    row: dict[str, Any], value: Any, episodes: pd.DataFrame, study: Study
) -> AlertFact:
    verified = bool(pd.notna(row["ATOXGR"]) and row["ATOXGR"] >= study.alerts.grade)
    grade = f"grade {row['ATOXGR']}" if verified else f"possibly grade {either(row['NUMPOSS'])}"
    lines = [
        f"{row['TERM']}: {grade}",
        _value_line(row, value),
        f"Sample {told(value['ADTC'])}, study day {told(row['ADY'])}",
        f"Criterion {row['CRITERION'] or 'none'}, CTCAE v{study.ctcae}",
        f"Source {value['SRCFILE']} row {value['SRCROW']}",
    ]
    if not verified:
        lines.append(f"Not verified: {row['REASONS'].replace(';', ', ').replace('_', ' ')}")
    episode = f"{row['TERM']}|{row['DIRECTION']}|{_episode(row, episodes)}"
    level = int(row["NUMPOSS"][-1])
    return alert(
        study, row["USUBJID"], HIGH_GRADE, episode, "P2", level, verified, lines,
        day=told(value["ADTC"], ""), terms=(row["TERM"],), records=(row["MKEY"],),
    )  # fmt: skip


def _value_line(row: dict[str, Any], value: Any) -> str:
    limits = f"{told(value['ANRLOC'])} to {told(value['ANRHIC'])}"
    base = "not given" if pd.isna(row["BASE"]) else f"{row['BASE']:g}"
    return f"Value {value['AVALC']} {told(value['AVALU'])} (reference {limits}; baseline {base})"


def _episode(row: dict[str, Any], episodes: pd.DataFrame) -> str:
    """Start of the episode the value belongs to, or its own day."""
    same = episodes[
        episodes["USUBJID"].eq(row["USUBJID"])
        & episodes["TERM"].eq(row["TERM"])
        & episodes["DIRECTION"].eq(row["DIRECTION"])
        & episodes["EPISODE"].le(row["ADTMIN"])
        & episodes["ENDT"].ge(row["ADTMIN"])
    ]
    return str(same["EPISODE"].iloc[0]) if len(same) else str(row["ADTMIN"])


def _high_events(results: Results, study: Study) -> list[AlertFact]:
    """Events of grade 4 or 5; of those that certainly started before the first dose the fatal."""
    events = results.events
    before = events["ASTDYMAX"].lt(1).fillna(False).to_numpy(bool)
    fatal = lowest(events["POSSIBLE"]).eq(FATAL).to_numpy()
    top = highest(events["POSSIBLE"]).ge(study.alerts.grade).to_numpy() & (fatal | ~before)
    return [_event_alert(row, study) for row in events[top].to_dict("records")]


def _event_alert(row: dict[str, Any], study: Study) -> AlertFact:
    certain = int(row["POSSIBLE"].split("|")[0]) >= study.alerts.grade
    lines = [
        f"{_term(row)}: {'grade' if certain else 'possibly grade'} {either(row['POSSIBLE'])}",
        f"Reported grade {told(row['AETOXGR'])}, severity {told(row['AESEV'])}",
        f"Serious {told(row['AESER'])}, outcome {told(row['AEOUT'])}",
        f"Onset {told(row['STDTC'])}, study day {told(row['ASTDY'])}",
        f"Attribution {told(row['AEREL'])}",
        f"Source {row['SRCFILE']} row {row['SRCROW']}",
    ]
    if not certain:
        lines.append("Not verified: the toxicity grade was not reported")
    tier = "P1" if certain else "P2"
    # the term and onset too: a site may number its events anew
    episode = f"{row['KEY']}|{_term(row)}|{told(row['STDTC'])}"
    level = int(row["POSSIBLE"][-1])
    return alert(
        study, row["USUBJID"], HIGH_GRADE, episode, tier, level, certain, lines,
        day=told(row["STDTC"], ""), records=(row["KEY"],),
    )  # fmt: skip


def _deaths(results: Results, study: Study) -> list[AlertFact]:
    """Deaths that DM or DS tells and no adverse event does; one alert a subject."""
    subjects, events, ends = results.subjects, results.events, results.dispositions
    # an event that only may be fatal tells of no death
    known = set(events.loc[lowest(events["POSSIBLE"]).eq(FATAL), "USUBJID"])
    dead = subjects["DTHFL"].eq("Y") | subjects["DTHDTC"].notna()
    told_by = [
        (row, f"Date of death {told(row['DTHDTC'])}, flag {told(row['DTHFL'])}")
        for row in subjects[dead].to_dict("records")
    ]
    if len(ends):
        told_by += [
            (row, f"Disposition DEATH, {told(row['STDTC'])}; DM does not tell it")
            for row in ends[ends["DECOD"].eq("DEATH")].to_dict("records")
        ]
    facts: dict[str, AlertFact] = {}
    for row, text in told_by:
        who = row["USUBJID"]
        if who not in known and who not in facts:
            lines = ["Death without a fatal adverse event", text,
                     f"Source {row['SRCFILE']} row {row['SRCROW']}"]  # fmt: skip
            facts[who] = alert(study, who, DEATH, "DM", "P1", FATAL, True, lines)
    return list(facts.values())


def _term(row: dict[str, Any]) -> str:
    return str(row["AEDECOD"] if pd.notna(row["AEDECOD"]) else row["AETERM"])
