"""What of the study file a simulated subject needs: drugs, schedules, levels and their doses."""

from __future__ import annotations

import math
from dataclasses import dataclass

from safety.errors import WrongUseError
from safety.simulate.calibration import Calibration
from safety.study.model import Study
from safety.study.treatment import DoseRule, Drug, Level, Treatment


@dataclass(frozen=True, slots=True)
class Body:
    """What a dose depends on. clearance: mL/min (Cockcroft-Gault)."""

    surface: float
    clearance: float


@dataclass(frozen=True, slots=True)
class Effects:
    """How much a drug takes off the growth of each cell line on a day at `reference` mg."""

    reference: float
    by_line: dict[str, float]


@dataclass(frozen=True, slots=True)
class Regimen:
    """The treatment of a study as the simulator reads it. names: by drug id."""

    treatment: Treatment
    names: dict[str, str]
    effects: dict[str, Effects]
    calibrated: bool

    @property
    def length(self) -> int:
        return self.treatment.cycle_length.whole_days

    @property
    def levels(self) -> list[str]:
        return [level.id for level in self.treatment.levels]

    @property
    def start(self) -> int:
        return self.levels.index(self.treatment.start_level)

    def drug(self, drug: str) -> Drug:
        return self.treatment.drugs[drug]

    def first_day(self, drug: str) -> int:
        """Return the cycle day on which a drug's course begins."""
        return self.drug(drug).schedule.days.first

    def last_day(self, drug: str) -> int:
        return self.drug(drug).schedule.days.last

    def those(self, names: list[str]) -> list[str]:
        """Return the ids of the drugs of these names; of all drugs if the study has none of them.

        A study of other drugs has what those of the calibration would have been blamed for.
        """
        found = [drug for drug, name in self.names.items() if name in names]
        return found or ([] if self.calibrated else list(self.names))

    def visit(self, cycle: int) -> str:
        return self.treatment.cycle_start_visit.replace("{cycle}", str(cycle))

    def dose(self, level: str, drug: str, body: Body) -> float:
        """Return mg per intake that a level asks for; 0 if the drug is not given."""
        found = next(lv for lv in self.treatment.levels if lv.id == level)
        return dose(found, drug, self.drug(drug), body)


def regimen(study: Study, numbers: Calibration) -> Regimen:
    """Return the regimen of a study. Raises WrongUseError if it has no dose levels."""
    if study.treatment is None:
        raise WrongUseError(
            f"study {study.studyid} has no treatment with dose levels: nothing can be simulated"
        )
    treatment = study.treatment
    names = {drug: part.names[0] for drug, part in treatment.drugs.items()}
    called = {
        drug: next((n for n in part.names if n in numbers.drugs), "")
        for drug, part in treatment.drugs.items()
    }
    names = {drug: called[drug] or name for drug, name in names.items()}
    effects = {d: _effects(treatment, d, called[d], numbers) for d in treatment.drugs}
    return Regimen(treatment, names, effects, any(called.values()))


def _effects(treatment: Treatment, drug: str, name: str, numbers: Calibration) -> Effects:
    if name:
        known = numbers.drugs[name]
        lines = {"NEUT": known.NEUT, "PLAT": known.PLAT, "LYM": known.LYM}
        return Effects(known.reference, lines)
    start = next(lv for lv in treatment.levels if lv.id == treatment.start_level)
    reference = dose(start, drug, treatment.drugs[drug], Body(1.7, 90))
    days = treatment.drugs[drug].schedule.days.days
    mild = numbers.generic
    lines = {"NEUT": mild.NEUT / days, "PLAT": mild.PLAT / days, "LYM": mild.LYM / days}
    return Effects(reference or 1.0, lines)


def dose(level: Level, drug: str, part: Drug, body: Body) -> float:
    """Return mg per intake of a drug at a level, renal steps included."""
    rule = level.doses[drug]
    mg = _before_renal(rule, body)
    for step in sorted(rule.renal, key=lambda s: s.below):
        if body.clearance < step.below:
            return 0.0 if step.not_given else lowered(part.steps, mg, step.lower_by)
    return mg


def _before_renal(rule: DoseRule, body: Body) -> float:
    if rule.fixed is not None:
        return rule.fixed
    if rule.per_m2 is None:
        return next(b.mg for b in rule.bsa_bands if b.below is None or body.surface < b.below)
    mg = rule.per_m2 * body.surface
    if rule.round_to is not None:
        mg = math.floor(mg / rule.round_to + 0.5) * rule.round_to
    return min(mg, rule.at_most) if rule.at_most is not None else mg


def lowered(steps: list[float], mg: float, by: int) -> float:
    """Return the dose so many steps of the ladder lower; 0 below its end."""
    lower = [s for s in steps if s < mg - 1e-9]
    if by == 0:
        return mg
    return lower[by - 1] if len(lower) >= by else 0.0


def surface(height: float, weight: float) -> float:
    """Return the body surface in m2 (Mosteller 1987) from cm and kg."""
    return math.sqrt(height * weight / 3600)


def limits_of_surface(study: Treatment) -> list[float]:
    """Return every body surface at which a dose changes (m2)."""
    rules = [rule for level in study.levels for rule in level.doses.values()]
    return sorted({b.below for rule in rules for b in rule.bsa_bands if b.below is not None})
