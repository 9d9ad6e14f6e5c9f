"""What the doctor does: holds, reductions and stops by drug, from what the doctor can know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from safety.simulate.calibration import DoctorRule
from safety.simulate.model import Day, Grade
from safety.simulate.regimen import Regimen, lowered


@dataclass(frozen=True, slots=True)
class Finding:
    """A toxicity as the doctor knows it on a day. fresh: it came up today, after the morning."""

    term: str
    grade: Grade
    drugs: frozenset[str]
    laboratory: bool
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done with a drug because of a term: DRUG INTERRUPTED, DOSE REDUCED or withdrawn."""

    day: Day
    drug: str
    term: str
    action: str


@dataclass(slots=True)
class Hold:
    term: str
    resume: Grade
    lower: bool
    since: Day
    after_morning: bool


@dataclass(slots=True)
class DrugState:
    """One drug of one subject. mg: per intake now. lower_next: from the next cycle on."""

    mg: float
    reductions: int = 0
    holds: dict[str, Hold] = field(default_factory=dict)
    stopped: Day | None = None
    lower_next: bool = False
    taken: bool = False
    severe: int = 0  # holds that a second time would be a stop
    done: set[tuple[int, str]] = field(default_factory=set)


class Doctor:
    """Keeps the state of every drug of a subject and logs what was done."""

    def __init__(self, regimen: Regimen, rules: list[DoctorRule], mg: Mapping[str, float]) -> None:
        self._regimen, self._rules = regimen, rules
        self.drugs = {drug: DrugState(dose) for drug, dose in mg.items()}
        self.deeds: list[Deed] = []
        self._since: dict[tuple[str, Grade], Day] = {}
        self._of = {
            drug: [(n, rule) for n, rule in enumerate(rules) if self._meant_for(rule, drug)]
            for drug in self.drugs
        }

    def judge(self, day: Day, findings: list[Finding]) -> None:
        """Act on what is known on a day (findings of grade 1 or more), before its doses."""
        known = {f.term: f for f in findings}
        self._remember(day, findings)
        for drug, state in self.drugs.items():
            self._resume(day, drug, state, known)
            for number, rule in self._of[drug]:
                if state.stopped is None and (findings or state.done):
                    self._apply(day, drug, number, rule, findings)

    def begin_cycle(self, day: Day) -> None:
        """Make the reductions that wait for a new cycle."""
        for drug, state in self.drugs.items():
            if state.lower_next and state.stopped is None:
                state.lower_next = False
                self._lower(day, drug, "")

    def stop(self, day: Day, drug: str, term: str) -> None:
        state = self.drugs[drug]
        if state.stopped is None:
            state.stopped = day
            state.holds.clear()
            if term:
                self.deeds.append(Deed(day, drug, term, "DRUG WITHDRAWN"))

    def log(self, day: Day, drug: str, terms: list[str]) -> None:
        """Log a delay as an interruption for terms."""
        self.deeds.extend(Deed(day, drug, term, "DRUG INTERRUPTED") for term in terms)

    def held(self, drug: str, day: Day) -> tuple[bool, bool]:
        """Return whether a drug is held on a day, and whether the morning's dose was taken yet."""
        holds = self.drugs[drug].holds.values()
        morning = all(h.after_morning and h.since == day for h in holds)
        return bool(holds), bool(holds) and morning

    @property
    def all_stopped(self) -> bool:
        return all(s.stopped is not None for s in self.drugs.values())

    def _remember(self, day: Day, findings: list[Finding]) -> None:
        now = {(f.term, g) for f in findings for g in range(1, f.grade + 1)}
        self._since = {key: since for key, since in self._since.items() if key in now}
        for key in sorted(now):
            self._since.setdefault(key, day)

    def _resume(self, day: Day, drug: str, state: DrugState, known: Mapping[str, Finding]) -> None:
        over = [
            key for key, hold in state.holds.items()
            if (known[hold.term].grade if hold.term in known else 0) <= hold.resume
        ]  # fmt: skip
        lower = [state.holds.pop(key) for key in over]
        reason = next((h.term for h in lower if h.lower), None)
        if reason is not None and state.stopped is None:
            self._lower(day, drug, reason)

    def _lower(self, day: Day, drug: str, term: str) -> None:
        state, part = self.drugs[drug], self._regimen.drug(drug)
        mg = lowered(part.steps, state.mg, 1)
        if not mg or state.reductions >= part.max_reductions:
            self.stop(day, drug, term)
            return
        state.mg, state.reductions = mg, state.reductions + 1
        if term:
            self.deeds.append(Deed(day, drug, term, "DOSE REDUCED"))

    def _meant_for(self, rule: DoctorRule, drug: str) -> bool:
        if rule.drugs == "all":
            return True
        name = self._regimen.names[drug]
        if rule.drugs == "others":
            return not any(name in r.drugs for r in self._rules if isinstance(r.drugs, list))
        return name in rule.drugs

    def _apply(
        self, day: Day, drug: str, number: int, rule: DoctorRule, findings: list[Finding]
    ) -> None:
        state = self.drugs[drug]
        matching = list(self._matching(day, drug, rule, findings))
        there = {(number, f.term) for f in matching}
        state.done = {key for key in state.done if key[0] != number or key in there}
        for finding in matching:
            key = (number, finding.term)
            if key in state.done or not state.taken or state.stopped is not None:
                continue
            state.done.add(key)
            self._act(day, drug, rule, finding)

    def _matching(
        self, day: Day, drug: str, rule: DoctorRule, findings: list[Finding]
    ) -> Iterator[Finding]:
        for finding in findings:
            if not rule.from_ <= finding.grade <= rule.to:
                continue
            named = finding.term in rule.terms if rule.terms else (
                finding.term not in rule.except_ and finding.term not in PSEUDO
            )  # fmt: skip
            blamed = drug in finding.drugs or rule.any_ or rule.drugs == "all"
            since = self._since.get((finding.term, rule.from_), day)
            if (
                named
                and blamed
                and not (rule.clinical and finding.laboratory)
                and day - since >= rule.after
            ):
                yield finding

    def _act(self, day: Day, drug: str, rule: DoctorRule, finding: Finding) -> None:
        state = self.drugs[drug]
        if rule.act == "lower_next":
            state.lower_next = True
            self.deeds.append(Deed(day, drug, finding.term, "DOSE REDUCED"))
            return
        again = rule.second == "stop" and state.severe > 0
        state.severe += rule.second == "stop"
        if rule.act == "stop" or again:
            self.stop(day, drug, finding.term)
            return
        hold = Hold(finding.term, rule.resume, rule.lower, day, finding.fresh)
        before = state.holds.get(finding.term)
        if before is not None:
            hold = Hold(
                finding.term, min(hold.resume, before.resume), hold.lower or before.lower,
                before.since, before.after_morning,
            )  # fmt: skip
        state.holds[finding.term] = hold
        if before is None:
            self.deeds.append(Deed(day, drug, finding.term, "DRUG INTERRUPTED"))


# What the doctor derives of values and no term of CTCAE stands for.
HY, HEAVY = "Hy's law", "Heavy proteinuria"
PSEUDO = (HY, HEAVY)
