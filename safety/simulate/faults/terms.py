"""What planting needs to know of CTCAE v5.0: which test shows a term, and where grades begin."""

from __future__ import annotations

from safety.simulate.deliveries import RowVersion
from safety.simulate.faults.facts import NUMBER, limits, value

TESTS = {
    "Neutrophil count decreased": "NEUT",
    "Platelet count decreased": "PLAT",
    "White blood cell decreased": "WBC",
    "Lymphocyte count decreased": "LYM",
    "Anemia": "HGB",
    "Alanine aminotransferase increased": "ALT",
    "Aspartate aminotransferase increased": "AST",
    "Blood bilirubin increased": "BILI",
}
# Below these (10^9/L; g/L) grades 2, 3 and 4 begin; hemoglobin has no number for grade 4.
BELOW = {
    "NEUT": (1.5, 1.0, 0.5), "PLAT": (75.0, 50.0, 25.0), "WBC": (3.0, 2.0, 1.0),
    "LYM": (0.8, 0.5, 0.2), "HGB": (100.0, 80.0),
}  # fmt: skip
# Above these multiples of the upper limit, from a normal baseline.
ABOVE = {"ALT": (3.0, 5.0, 20.0), "AST": (3.0, 5.0, 20.0), "BILI": (1.5, 3.0, 10.0)}
# A grade that the term does not have.
NO_SUCH_GRADE = {
    "Nausea": "4", "Fatigue": "4", "Alopecia": "3", "Febrile neutropenia": "2", "Headache": "4",
    "Palmar-plantar erythrodysesthesia syndrome": "4", "Proteinuria": "4", "Abdominal pain": "4",
    "Skin hyperpigmentation": "3", "Insomnia": "4", "Dizziness": "4", "Arthralgia": "4",
    "Myalgia": "4", "Edema limbs": "4", "Weight loss": "4", "Dysgeusia": "3", "Pain": "4",
}  # fmt: skip
# Names that mean a term and are not it: MedDRA preferred terms, British spelling.
OTHER_NAMES = {
    "Neutrophil count decreased": "Neutropenia", "Platelet count decreased": "Thrombocytopenia",
    "White blood cell decreased": "Leukopenia", "Lymphocyte count decreased": "Lymphopenia",
    "Anemia": "Anaemia", "Diarrhea": "Diarrhoea", "Fever": "Pyrexia", "Edema limbs": "Oedema limbs",
    "Anorexia": "Decreased appetite",
}  # fmt: skip


def grade(v: RowVersion) -> int:
    """Return the grade of a laboratory result from 2 on, 0 if lower or unknown; `<0.5` is below."""
    test, number, between = v.values["LBTESTCD"], value(v), limits(v)
    bound = v.values["LBORRES"].removeprefix("<")
    passed = 0
    if test in BELOW and number is None and NUMBER.fullmatch(bound):
        passed = sum(float(bound) <= limit for limit in BELOW[test])
    elif number is None:
        return 0
    elif test in BELOW:
        passed = sum(number < limit for limit in BELOW[test])
    elif test in ABOVE and between is not None:
        passed = sum(number > times * between[1] for times in ABOVE[test])
    return passed + 1 if passed else 0
