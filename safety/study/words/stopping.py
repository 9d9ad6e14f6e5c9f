"""Words for stopping rules: who is counted, by which rule, and the boundary it comes to."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from safety.escalation.stopping.configured import rule_of
from safety.study.stopping import Beta, Looked, StoppingRule
from safety.study.words import phrases
from safety.study.words.conditions import Speaker

LEVELS = {"each": "at each dose level by itself", "all": "at all dose levels together"}


def stopping_lines(rules: list[StoppingRule], speaker: Speaker) -> Iterator[str]:
    """Yield what every monitor counts and when it stops, with its boundary up to n_max."""
    for rule in rules:
        yield (
            f"- **{rule.id}** {rule.text}: {_counted(rule, speaker)}, {_levels(rule)}. "
            f"{phrases.sentence_case(_rule(rule))}."
        )
        yield f"  Stops at {boundary(rule)}."
        yield f"  Source: {rule.citation} (confidence {rule.confidence})."


def boundary(rule: StoppingRule) -> str:
    """Return the boundary in words, e.g. `5 of 6 to 8, 6 of 9 or 10`, alike ones joined."""
    rows = [(n, y) for n, y in rule_of(rule).boundary(rule.n_max).rows if y is not None]
    parts = []
    for stop, group in groupby(rows, key=lambda row: row[1]):
        looks = [n for n, _ in group]
        parts.append(f"{stop} of {_span(looks)}")
    return ", ".join(parts) or "no number of events"


def _span(looks: list[int]) -> str:
    if looks == list(range(looks[0], looks[-1] + 1)) and len(looks) > 2:
        return f"{looks[0]} to {looks[-1]}"
    return phrases.listed([str(n) for n in looks], "or")


def _counted(rule: StoppingRule, speaker: Speaker) -> str:
    if rule.dlt:
        return "evaluable subjects with a DLT"
    if rule.toxicity is None:
        return "related deaths"
    cause = "related" if rule.related else "whatever its cause"
    return f"subjects with {speaker.say(rule.toxicity)}, {cause}"


def _levels(rule: StoppingRule) -> str:
    if isinstance(rule.levels, list):
        return f"at {phrases.listed(rule.levels)} together"
    return LEVELS[rule.levels]


def _rule(rule: StoppingRule) -> str:
    if rule.bayesian is not None:
        b = rule.bayesian
        return (
            f"it stops if the rate is above {_percent(b.limit)} with a probability above "
            f"{_percent(b.probability)}, prior {_beta(b.prior)}, {_looks(b, rule)}"
        )
    if rule.thall_simon is not None:
        t = rule.thall_simon
        margin = f" by more than {_percent(t.margin)}" if t.margin else ""
        return (
            f"it stops if the rate is above that of the standard, {_beta(t.standard)},{margin} "
            f"with a probability above {_percent(t.probability)}, prior {_beta(t.prior)}, "
            f"{_looks(t, rule)}"
        )
    if rule.pocock is not None:
        p = rule.pocock
        return (
            f"it stops a trial of {rule.n_max} subjects with a true rate of {_percent(p.rate)} in "
            f"{_percent(p.crossing)} at most, at the same level at every look, {_looks(p, rule)}"
        )
    return f"at most {rule.at_most} allowed" if rule.at_most else "none is allowed"


def _looks(said: Looked, rule: StoppingRule) -> str:
    if isinstance(said.looks, list):
        return f"looked at after {phrases.listed([str(n) for n in said.looks])} subjects"
    _, _, every = said.looks.partition(" ")
    each = f"every {every} subjects" if int(every or 1) > 1 else "every subject"
    return f"looked at after {each} from {said.from_} to {rule.n_max}"


def _beta(prior: Beta) -> str:
    return f"Beta({prior[0]:g}, {prior[1]:g})"


def _percent(share: float) -> str:
    return f"{round(100 * share, 6):g}%"
