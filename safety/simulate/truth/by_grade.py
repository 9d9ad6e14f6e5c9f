"""Rules of dose modification that ask for a grade of named terms (dose_modification.md, 3)."""

from __future__ import annotations

from dataclasses import dataclass

from safety.simulate.model import Grade
from safety.simulate.truth.terms import group

ALL = ("surufatinib", "temozolomide", "s1")
WORST: Grade = 5
COUNTS = frozenset({"Neutrophil count decreased", "Platelet count decreased"})
ENZYMES = frozenset(
    {"Alanine aminotransferase increased", "Aspartate aminotransferase increased"}
)  # fmt: skip
GUT_AND_SKIN = group("diarrhea_stomatitis") | group("hand_foot")
BLOOD = group("haematological") | group("white_cells")
PRESSURE = frozenset({"Hypertension"})
ENCEPHALOPATHY = frozenset({"Reversible posterior leukoencephalopathy syndrome"})
MARROW_OR_LIVER = frozenset({
    "Bone marrow hypocellular", "Leukemia secondary to oncology chemotherapy",
    "Myelodysplastic syndrome", "Hepatic failure", "Hepatic necrosis",
})  # fmt: skip
LUNG = frozenset({"Pneumonitis", "Pulmonary fibrosis"})
OWN_ROW = PRESSURE | {"Proteinuria"} | ENZYMES | GUT_AND_SKIN | COUNTS  # what S2 leaves to others
MILD = frozenset({"Nausea", "Vomiting", "Alopecia"})  # what T2 leaves out


@dataclass(frozen=True, slots=True)
class GradeRule:
    """A rule that fires where an event begins at a grade of low..high.

    only: the terms it is about, all others than `but` if empty. related: only what is put down to
    the drug counts. near: days between two events that still are one.
    """

    rule: str
    drug: str
    action: str
    low: Grade
    high: Grade = WORST
    only: frozenset[str] = frozenset()
    but: frozenset[str] = frozenset()
    related: bool = True
    near: int = 0

    def names(self, terms: frozenset[str]) -> frozenset[str]:
        """Return those of the terms that the rule is about."""
        return terms & self.only if self.only else terms - self.but


NADIR = 3  # days: lowest neutrophils and platelets of one course come so close to each other
RULES = (
    GradeRule("S2", "surufatinib", "hold", 3, 4, but=OWN_ROW),
    GradeRule("S2", "surufatinib", "hold", 4, 4, only=GUT_AND_SKIN),
    GradeRule("S3", "surufatinib", "hold", 2, 2, only=group("bleeding")),
    GradeRule("S4", "surufatinib", "continue", 3, 3, only=PRESSURE),
    GradeRule("S5", "surufatinib", "discontinue", 4, only=PRESSURE),
    GradeRule("S5", "surufatinib", "discontinue", 1, only=ENCEPHALOPATHY),
    GradeRule("S6", "surufatinib", "continue", 2, 2, only=PRESSURE),
    GradeRule("S13", "surufatinib", "hold", 3, 3, only=GUT_AND_SKIN),
    GradeRule("S15", "surufatinib", "hold", 3, 3, only=COUNTS, related=False),
    GradeRule("S15-G4", "surufatinib", "hold", 4, only=COUNTS, related=False),
    # whatever the counts are put down to: they are the limits of the label
    GradeRule("T1", "temozolomide", "reduce", 3, only=COUNTS, related=False, near=NADIR),
    GradeRule("T2", "temozolomide", "hold", 3, 3, but=BLOOD | MILD),
    GradeRule("T3", "temozolomide", "discontinue", 4, 4, but=BLOOD),
    GradeRule("T5", "temozolomide", "discontinue", 1, only=MARROW_OR_LIVER),
    GradeRule("F2", "s1", "hold", 2, 2, only=GUT_AND_SKIN),
    GradeRule("F8", "s1", "discontinue", 1, only=LUNG),
)
