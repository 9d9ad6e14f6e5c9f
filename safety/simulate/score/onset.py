"""The first day of dose-limiting toxicities: of rules that truth and toxwatch say are met."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from safety.simulate.score import planted
from safety.simulate.score.read import Published, Truth
from safety.simulate.score.spans import span
from safety.simulate.score.tally import Line, Part, tallied

Key = tuple[str, str]  # subject, rule
NOTE = "Rules that both say are met at the end; the earliest day of all events that meet them."


def part(truth: Truth, said: Published) -> Part:
    """Compare the days at the end; what only one side says is met has its line elsewhere."""
    wanted, told = _true(truth, said), _said(truth, said)
    both = sorted(wanted.keys() & told.keys())
    lines = tuple(
        Line("wrong", rule, who, f"rule {rule}", wanted[who, rule],
             f"toxwatch dates it {told[who, rule]}"
             + planted.note(planted.beside(truth, who, [said.last])))
        for who, rule in both if wanted[who, rule] != told[who, rule]
    )  # fmt: skip
    return Part("Onset of candidates", tallied((), [rule for _, rule in both], lines), lines, NOTE)


def _true(truth: Truth, said: Published) -> dict[Key, str]:
    found: dict[Key, str] = {}
    for row in truth.rows("rules", STATE="met"):
        if row["ONSET"] and span(row["FROM"], row["TO"]).holds(said.last):
            key = row["USUBJID"], row["RULE"]
            found[key] = min(found.get(key, row["ONSET"]), row["ONSET"])
    return found


def _said(truth: Truth, said: Published) -> dict[Key, str]:
    return dict(_dated(truth, said))


def _dated(truth: Truth, said: Published) -> Iterator[tuple[Key, str]]:
    first = {s["USUBJID"]: s["FIRSTDOSE"] for s in truth.rows("subjects")}
    for row in said.current("rule_result"):
        is_met = row["KIND"] == "dose_limiting" and row["STATE"] == "met" and row["LATE"] != "Y"
        start = first.get(row["USUBJID"])
        if is_met and start:
            number = row["ONSETDY"]
            day = "no day" if number == "" else _date(start, int(number))
            yield (row["USUBJID"], row["RULE"]), day


def _date(first_dose: str, number: int) -> str:
    """Return the date of a study day; that of the first dose is day 1, and there is no day 0."""
    days = number - 1 if number > 0 else number
    return (date.fromisoformat(first_dose) + timedelta(days=days)).isoformat()
