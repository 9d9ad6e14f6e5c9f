"""Words for conditions: one method for each kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import singledispatchmethod
from typing import Any

from safety.study.conditions import (
    EVERY_TERM,
    AllOf,
    AnyOf,
    AtBaseline,
    CycleDelay,
    Death,
    Declared,
    DoseMissed,
    History,
    HysLaw,
    Medication,
    Procedure,
    Resolving,
    RuleMet,
    TermSet,
    Toxicity,
    Value,
)
from safety.study.names import as_list
from safety.study.words import phrases

SOURCES = {"both": "", "reported": "reported ", "measured": "measured "}
SYMPTOMS = {"yes": "with symptoms", "no": "without symptoms"}
# True of a subject as a whole, not of a time.
STANDING = (AtBaseline, History)


class Speaker:
    """Puts conditions into words, with the names a study has for its term sets."""

    def __init__(self, terms: Mapping[str, TermSet]) -> None:
        self._terms = terms

    def called(self, name: str) -> str:
        """Return what a term set or a CTCAE term is called."""
        chosen = self._terms.get(name)
        return (chosen.text if chosen else "") or phrases.name(name)

    def in_a_list(self, condition: Any) -> str:
        """Return a condition as one of several: what joins others itself stands in brackets."""
        text = self.say(condition)
        return f"({text})" if isinstance(condition, AllOf | AnyOf) else text

    @singledispatchmethod
    def say(self, condition: Any) -> str:
        """Return a condition as a part of a sentence. Raises TypeError for anything else."""
        raise TypeError(f"{type(condition).__name__} is no condition")

    @say.register
    def _(self, condition: Toxicity) -> str:
        lasting = f" for {phrases.length(condition.lasting)}" if condition.lasting else ""
        resolving = f" {_improving(condition.resolving)}" if condition.resolving else ""
        return f"{self._what(condition)}{lasting}{resolving}{self._besides(condition)}"

    def _what(self, condition: Toxicity) -> str:
        kind = ("serious " if condition.serious else "") + SOURCES[condition.source]
        names = as_list(condition.toxicity)
        if EVERY_TERM in names:
            what = f"any {kind}toxicity"
        else:
            what = kind + phrases.listed([self.called(n) for n in names], "or")
        left_out = [self.called(n) for n in as_list(condition.except_)]
        beyond = f", except {phrases.listed_clearly(left_out)}," if left_out else ""
        return f"{what}{beyond} of {phrases.grade(condition.grade)}"

    def _besides(self, condition: Toxicity) -> str:
        parts = [SYMPTOMS[condition.symptomatic]] if condition.symptomatic else []
        if condition.treated_with:
            parts.append(f"treated with {condition.treated_with} until it resolved")
        rules = [c.rule for c in condition.without if isinstance(c, RuleMet)]
        others = [self.in_a_list(c) for c in condition.without if not isinstance(c, RuleMet)]
        if others:
            parts.append(f"without {phrases.listed(others, 'or')} at the same time")
        if rules:
            parts.append(f"unless rule {phrases.listed(rules, 'or')} holds")
        return "".join(f", {part}" for part in parts)

    @say.register
    def _(self, condition: Value) -> str:
        text = phrases.comparison(condition.value, condition.up_to)
        if condition.if_baseline_abnormal is not None:
            text += f" (from an abnormal baseline: {phrases.limit(condition.if_baseline_abnormal)})"
        return text + (f" for {phrases.length(condition.lasting)}" if condition.lasting else "")

    @say.register
    def _(self, condition: AtBaseline) -> str:
        return f"{phrases.comparison(condition.at_baseline, condition.up_to)} at baseline"

    @say.register
    def _(self, condition: Medication) -> str:
        return f"medication {condition.medication}"

    @say.register
    def _(self, condition: Procedure) -> str:
        return f"the procedure {condition.procedure}"

    @say.register
    def _(self, condition: History) -> str:
        return f"a history of {condition.history}"

    @say.register
    def _(self, condition: HysLaw) -> str:
        return (
            f"{phrases.comparison(condition.aminotransferase)} and "
            f"{phrases.comparison(condition.bilirubin)} within "
            f"{phrases.duration(condition.within)} of each other, with "
            f"{phrases.comparison(condition.cholestasis_absent)} (from a baseline above ULN also "
            f"{phrases.limit(condition.aminotransferase_abnormal_baseline)} and "
            f"{phrases.limit(condition.bilirubin_abnormal_baseline)})"
        )

    @say.register
    def _(self, condition: CycleDelay) -> str:
        late = phrases.length(condition.cycle_delay)
        return f"cycle {condition.cycle} starts late by {late} because of related toxicity"

    @say.register
    def _(self, condition: DoseMissed) -> str:
        drugs = phrases.listed(condition.drugs, "or") or "any drug"
        return (
            f"{phrases.share(condition.dose_missed)} of the planned dose of {drugs} in cycle "
            f"{condition.cycle} is missed because of related toxicity"
        )

    @say.register
    def _(self, _condition: Death) -> str:
        return "death that is not clearly due to progression or another documented cause"

    @say.register
    def _(self, _condition: Declared) -> str:
        return "a toxicity that the committee declared dose-limiting and signed"

    @say.register
    def _(self, condition: RuleMet) -> str:
        return f"rule {condition.rule}"

    @say.register
    def _(self, condition: AllOf) -> str:
        timed = self._all([c for c in condition.all if not isinstance(c, STANDING)])
        standing = self._all([c for c in condition.all if isinstance(c, STANDING)])
        joined = ""
        if sum(not isinstance(c, STANDING) for c in condition.all) > 1:
            apart = phrases.duration(condition.within)
            near = f"within {apart} of each other" if condition.within.amount else "overlapping"
            joined = f", {near}"
        subject = ", in a subject with " if timed and standing else ""
        return f"{timed}{joined}{subject}{standing}"

    def _all(self, parts: Sequence[Any]) -> str:
        return phrases.listed([self.in_a_list(c) for c in parts])

    @say.register
    def _(self, condition: AnyOf) -> str:
        rules = [c.rule for c in condition.any if isinstance(c, RuleMet)]
        others = [self.in_a_list(c) for c in condition.any if not isinstance(c, RuleMet)]
        if rules:
            others.append(f"rule {phrases.listed(rules, 'or')}")
        return phrases.listed(others, "or")


def _improving(to: Resolving) -> str:
    targets = [phrases.grade(to.to)]
    if to.or_baseline:
        targets.append("the baseline grade")
    if to.or_values:
        targets.append(phrases.comparisons(to.or_values))
    return f"improving to {phrases.listed(targets, 'or')} within {phrases.duration(to.within)}"
