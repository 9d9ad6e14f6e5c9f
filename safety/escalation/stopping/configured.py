"""The rules that a study's section `stopping` asks for, and where they stand."""

from __future__ import annotations

from collections.abc import Sequence

from safety.escalation.stopping.beta_binomial import BetaBinomial
from safety.escalation.stopping.looks import Looks
from safety.escalation.stopping.monitor import Monitor, monitor
from safety.escalation.stopping.pocock import Pocock
from safety.escalation.stopping.rule import AtMost, Rule
from safety.escalation.stopping.thall_simon import ThallSimon
from safety.study.stopping import Looked, StoppingRule


def rule_of(said: StoppingRule) -> Rule:
    """Return the rule of one monitor of a study file."""
    if said.bayesian is not None:
        b = said.bayesian
        return BetaBinomial(b.limit, b.prior, b.probability, _looks(b), said.citation)
    if said.pocock is not None:
        p = said.pocock
        return Pocock(p.rate, p.crossing, said.n_max, _looks(p), said.citation)
    if said.thall_simon is not None:
        t = said.thall_simon
        return ThallSimon(t.standard, t.margin, t.prior, t.probability, _looks(t), said.citation)
    return AtMost(said.at_most or 0, said.citation)


def watch(said: StoppingRule, events: Sequence[bool]) -> Monitor:
    """Return where a monitor stands after the events of the subjects it counts, by first dose."""
    late = not said.dlt  # what is no DLT may come at any time
    return monitor(len(events), sum(events), rule_of(said), said.n_max, events, late=late)


def _looks(said: Looked) -> Looks:
    if isinstance(said.looks, list):
        return Looks(said.from_, at=tuple(said.looks))
    _, _, every = said.looks.partition(" ")
    return Looks(said.from_, int(every or 1))
