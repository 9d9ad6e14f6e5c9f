"""Which results are worth waking somebody: pure functions from results to alerts.

One alert a study, subject, rule and episode. A value that may be grade 4 but could not be graded
exactly alarms as unverified (principles 3 and 4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from safety.assess.grades import highest
from safety.study.model import Study
from safety.versioning import digest

HIGH_GRADE, CANDIDATE, HELD, DEATH = "GRADE4", "DLT", "HELD4", "DEATH"


@dataclass(frozen=True, slots=True)
class AlertFact:
    """One condition that must reach a medical monitor. No name, initials or birth date.

    level: highest grade it may be; with `verified` it says whether later data make it worse.
    """

    usubjid: str
    rule: str
    episode: str
    tier: str
    level: int
    verified: bool
    title: str
    body: str

    def worse_than(self, level: int, verified: bool) -> bool:
        """Whether it is of a higher grade than what is known, or certain where that was not."""
        return (self.verified, self.level) > (verified, level) or self.level > level

    def alert_id(self, studyid: str) -> str:
        return digest(studyid, self.usubjid, self.rule, self.episode)[:32]


@dataclass(frozen=True, slots=True)
class Results:
    """The frames alerts are made from, as `assess` returns them."""

    subjects: pd.DataFrame
    grades: pd.DataFrame
    episodes: pd.DataFrame
    measurements: pd.DataFrame
    events: pd.DataFrame
    candidates: pd.DataFrame
    held: pd.DataFrame


def derive(results: Results, study: Study) -> list[AlertFact]:
    """Return every alert the results call for, in a fixed order."""
    found = [
        *_high_measurements(results, study),
        *_high_events(results, study),
        *_candidates(results, study),
        *_held(results, study),
        *_deaths(results, study),
    ]
    return sorted(found, key=lambda a: (a.usubjid, a.rule, a.episode))


def _high_measurements(results: Results, study: Study) -> list[AlertFact]:
    """New grade 4 values after the first dose, by episode; worse than the baseline's grade.

    Also after the treatment-emergent period: an alarm must not depend on the last dose record.
    """
    grades = results.grades
    top = highest(grades["NUMPOSS"]).ge(study.alerts.grade) & grades["POSTFL"].eq("Y")
    rows = grades[top & grades["BTOXGR"].fillna(0).lt(study.alerts.grade)]
    values = results.measurements.set_index("KEY")
    strongest: dict[tuple[str, str], AlertFact] = {}
    for row in rows.sort_values(["ADTMIN", "MKEY"]).to_dict("records"):
        fact = _measurement_alert(row, values.loc[row["MKEY"]], results.episodes, study)
        known = strongest.get((fact.usubjid, fact.episode))
        if known is None or fact.worse_than(known.level, known.verified):
            strongest[fact.usubjid, fact.episode] = fact
    return list(strongest.values())


def _measurement_alert(
    row: dict[str, Any], value: Any, episodes: pd.DataFrame, study: Study
) -> AlertFact:
    verified = bool(pd.notna(row["ATOXGR"]) and row["ATOXGR"] >= study.alerts.grade)
    grade = f"grade {row['ATOXGR']}" if verified else f"possibly grade {_or(row['NUMPOSS'])}"
    lines = [
        f"{row['TERM']}: {grade}",
        _value_line(row, value),
        f"Sample {_text(value['ADTC'])}, study day {_text(row['ADY'])}",
        f"Criterion {row['CRITERION'] or 'none'}, CTCAE v{study.ctcae}",
        f"Source {value['SRCFILE']} row {value['SRCROW']}",
    ]
    if not verified:
        lines.append(f"Not verified: {row['REASONS'].replace(';', ', ').replace('_', ' ')}")
    episode = f"{row['TERM']}|{row['DIRECTION']}|{_episode(row, episodes)}"
    level = int(row["NUMPOSS"][-1])
    return _fact(study, row["USUBJID"], HIGH_GRADE, episode, "P2", level, verified, lines)


def _value_line(row: dict[str, Any], value: Any) -> str:
    limits = f"{_text(value['ANRLOC'])} to {_text(value['ANRHIC'])}"
    base = "not given" if pd.isna(row["BASE"]) else f"{row['BASE']:g}"
    return f"Value {value['AVALC']} {_text(value['AVALU'])} (reference {limits}; baseline {base})"


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
    """Events of grade 4 or 5 that did not certainly start before the first dose."""
    events = results.events
    before = events["ASTDYMAX"].lt(1).fillna(False).to_numpy(bool)
    top = highest(events["POSSIBLE"]).ge(study.alerts.grade).to_numpy() & ~before
    return [_event_alert(row, study) for row in events[top].to_dict("records")]


def _event_alert(row: dict[str, Any], study: Study) -> AlertFact:
    certain = int(row["POSSIBLE"].split("|")[0]) >= study.alerts.grade
    lines = [
        f"{_term(row)}: {'grade' if certain else 'possibly grade'} {_or(row['POSSIBLE'])}",
        f"Reported grade {_text(row['AETOXGR'])}, severity {_text(row['AESEV'])}",
        f"Serious {_text(row['AESER'])}, outcome {_text(row['AEOUT'])}",
        f"Onset {_text(row['STDTC'])}, study day {_text(row['ASTDY'])}",
        f"Attribution {_text(row['AEREL'])}",
        f"Source {row['SRCFILE']} row {row['SRCROW']}",
    ]
    if not certain:
        lines.append("Not verified: the toxicity grade was not reported")
    tier = "P1" if certain else "P2"
    # the term and onset too: a site may number its events anew
    episode = f"{row['KEY']}|{_term(row)}|{_text(row['STDTC'])}"
    level = int(row["POSSIBLE"][-1])
    return _fact(study, row["USUBJID"], HIGH_GRADE, episode, tier, level, certain, lines)


def _candidates(results: Results, study: Study) -> list[AlertFact]:
    rules = {r.id: r for r in study.dose_limiting.rules}
    facts = []
    for row in results.candidates.to_dict("records"):
        rule, met = rules[row["RULE"]], row["STATE"] == "met"
        lines = [
            f"DLT candidate {rule.id}: {row['TERM']}" + ("" if met else " (cannot be judged yet)"),
            f"Rule: {rule.text}",
            f"Grade {_or(row['GRADES'])}",
            f"Onset {_text(row['ONSETDT'])}, study day {_text(row['ONSETDY'])}",
            f"Evidence {row['EVIDENCE']}",
        ]
        if row["MISSING"]:
            lines.append(f"Missing: {row['MISSING'].replace(';', ', ')}")
        episode = f"{rule.id}|{row['TERM']}|{row['DIRECTION']}|{_text(row['ONSETDT'])}"
        level = int(row["GRADES"][-1])
        facts.append(_fact(study, row["USUBJID"], CANDIDATE, episode, "P1", level, met, lines))
    return facts


def _deaths(results: Results, study: Study) -> list[AlertFact]:
    """Deaths that DM tells and no adverse event does."""
    subjects, events = results.subjects, results.events
    told = set(events.loc[highest(events["POSSIBLE"]).eq(5), "USUBJID"])
    dead = subjects["DTHFL"].eq("Y") | subjects["DTHDTC"].notna()
    facts = []
    for row in subjects[dead & ~subjects["USUBJID"].isin(told)].to_dict("records"):
        lines = [
            "Death without a fatal adverse event",
            f"Date of death {_text(row['DTHDTC'])}, flag {_text(row['DTHFL'])}",
            f"Source {row['SRCFILE']} row {row['SRCROW']}",
        ]
        facts.append(_fact(study, row["USUBJID"], DEATH, "DM", "P1", 5, True, lines))
    return facts


def _held(results: Results, study: Study) -> list[AlertFact]:
    """Quarantined rows that some plausible reading makes grade 4: held, but not silent."""
    facts = []
    for row in results.held.to_dict("records"):
        lines = [
            f"{row['TERM']}: possibly grade {_or(row['GRADES'])} in a held row",
            f"As received: {row['VALUE']}",
            f"Held because: {row['REASON']}",
            f"Source {row['SRCFILE']} row {row['SRCROW']}",
        ]
        level = int(row["GRADES"][-1])
        facts.append(_fact(study, row["USUBJID"], HELD, row["KEY"], "P2", level, False, lines))
    return facts


def _fact(
    study: Study, usubjid: str, rule: str, episode: str, tier: str, level: int,
    verified: bool,     lines: list[str],
) -> AlertFact:  # fmt: skip
    mark = "" if verified else "[unverified] "
    title = f"{tier} {mark}{study.studyid} {usubjid}: {lines[0]}"
    return AlertFact(usubjid, rule, episode, tier, level, verified, title, "\n".join(lines))


def _term(row: dict[str, Any]) -> str:
    return str(row["AEDECOD"] if pd.notna(row["AEDECOD"]) else row["AETERM"])


def _or(grades: str) -> str:
    return grades.replace("|", " or ")


def _text(value: Any) -> str:
    return "not given" if pd.isna(value) or value == "" else str(value)
