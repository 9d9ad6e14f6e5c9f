"""One subject of a small study of three drugs; day 1 is 2024-03-04, as in the vignettes."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

from safety.assess.case import Case, make_case
from safety.assess.facts import Event, Facts, Intake, Report, Sample, Source
from safety.assess.moments import Moment, between, moment, on
from safety.study.model import Study

DAY_1 = date(2024, 3, 4)
NAN = float("nan")
BANDS = [{"below": 1.25, "mg": 40}, {"below": 1.5, "mg": 50}, {"mg": 60}]
RENAL = [{"below": 50, "lower_by": 1}, {"below": 30, "not_given": True}]
DRUGS = {
    "surufatinib": {
        "names": ["SURUFATINIB"], "schedule": {"days": "D1-D21", "frequency": "QD"},
        "steps": [250, 200, 150], "citation": "test",
    },
    "temozolomide": {
        "names": ["TEMOZOLOMIDE"],
        "schedule": {"days": "D10-D14", "frequency": "QD", "latest_start": 13},
        "steps": [300, 250, 200, 150], "citation": "test",
    },
    "s1": {
        "names": ["S-1"], "schedule": {"days": "D1-D14", "frequency": "BID"},
        "steps": [60, 50, 40], "citation": "test",
    },
}  # fmt: skip
LEVEL = {"surufatinib": {"fixed": 250}, "temozolomide": {"fixed": 200},
         "s1": {"bsa_bands": BANDS, "renal": RENAL}}  # fmt: skip


def day(number: int) -> date:
    """The date of a day of cycle 1."""
    return DAY_1 + timedelta(days=number - 1)


@cache
def _study() -> dict[str, Any]:
    rule = {"id": "T2", "text": "missed", "when": {"dose_missed": ">=25%"}, "citation": "test"}
    domains = {"DM": {"record": "subject", "key": ["USUBJID"]}}
    return {
        "studyid": "T1", "title": "A test", "phase": "I", "timezone": "Asia/Shanghai",
        "feeds": [{"id": "sdtm", "kind": "sdtm_folder", "path": "feeds/t1", "domains": domains}],
        "attribution": {"related": ["POSSIBLE"], "unrelated": ["UNRELATED"]},
        "treatment": {
            "cycle_length": "21d", "drugs": DRUGS, "levels": [{"id": "L1", "doses": LEVEL}],
            "start_level": "L1", "reasons": {"toxicity": ["ADVERSE EVENT"]}, "citation": "test",
        },
        "dose_limiting": {
            "window": {"last_day": 21}, "rules": [rule], "unrelated_needs_cause": True,
        },
        "alerts": {"recipients": ["monitor@example.org"]},
    }  # fmt: skip


def study(**doses: Any) -> Study:
    """The study; other dose rules of level L1 by drug."""
    content = _study()
    level = {"id": "L1", "doses": LEVEL | doses}
    return Study.model_validate(content | {"treatment": content["treatment"] | {"levels": [level]}})


def source(text: str = "", row: int = 0) -> Source:
    return Source("2024-03-04", text, f"R{row}", "ec.csv", row)


def dose(
    drug: str, first: int | Moment, last: int | Moment | None, mg: float | None = None,
    *, taken: bool | None = True, reason: str = "", per_day: int | None = 0, row: int = 0,
) -> Intake:  # fmt: skip
    """A dose record; days count from day 1. per_day 0: as scheduled; mg 0: as planned at L1."""
    usual = {"surufatinib": (250.0, 1), "temozolomide": (200.0, 1), "s1": (60.0, 2)}[drug]
    start = on(day(first)) if isinstance(first, int) else first
    end = on(day(last)) if isinstance(last, int) else last
    count = usual[1] if per_day == 0 else per_day
    amount = usual[0] if mg is None else mg
    return Intake(drug, drug, amount, count, start, end, taken, reason, source(drug, row))


def lost(drug: str, first: int, last: int, reason: str = "ADVERSE EVENT", **more: Any) -> Intake:
    return dose(drug, first, last, taken=False, reason=reason, **more)


def sample(test: str, value: float, unit: str, number: int = -3, **bounds: Any) -> Sample:
    span = {"low": value, "high": value, "low_open": False, "high_open": False} | bounds
    return Sample(
        test, on(day(number)), unit=unit, lln=NAN, uln=NAN, base=NAN, base_uln=NAN,
        is_baseline=False, predose=True, predose_cycle=None, source=source(f"{test} {value}"),
        **span,
    )  # fmt: skip


def event(
    first: int, last: int | None, related: bool | None = True, *,
    action: str = "DRUG INTERRUPTED", other_cause: bool = False, term: str = "Fatigue",
    actions: dict[str, str] | None = None,
) -> Report:  # fmt: skip
    """A reported event of grade 2 with the same causality for every drug."""
    return Report(
        term, "", "", on(day(first)), None if last is None else on(day(last)), 2, 2, "2",
        dict.fromkeys(DRUGS, related), other_cause, None, False, False, action, actions or {},
        None, source(f"{term} d{first}", 100 + first),
    )  # fmt: skip


BODY = (sample("WEIGHT", 65, "kg"), sample("HEIGHT", 168, "cm"),
        sample("CRTCLRE", 90, "mL/min"))  # fmt: skip


def case(
    *intakes: Intake, as_of: int = 22, reports: tuple[Report, ...] = (),
    samples: tuple[Sample, ...] = BODY, level: str = "L1", cycles: dict[int, int] | None = None,
    ended: tuple[str, int] | None = None, death: int | None = None, in_study: Study | None = None,
) -> Case:  # fmt: skip
    """A case at a day. cycles: day on which later cycles began; ended: disposition and its day."""
    visits = [Event(f"CYCLE {c} DAY 1", on(day(d)), source()) for c, d in (cycles or {}).items()]
    dispositions = [Event(ended[0], on(day(ended[1])), source(ended[0], 50))] if ended else []
    facts = Facts(
        "T1-001", level, "F", 50.0, DAY_1, DAY_1, on(day(death)) if death else None,
        frozenset({"dose"}), {}, reports=reports, samples=samples, intakes=intakes,
        visits=tuple(visits), dispositions=tuple(dispositions),
    )  # fmt: skip
    return make_case(facts, in_study or study(), day(as_of))


__all__ = ["BODY", "DAY_1", "between", "case", "day", "dose", "event", "lost", "moment", "sample",
           "source", "study"]  # fmt: skip
