"""Every limit of every term: the last value before it and the first one of the grade."""

import pytest

from safety.simulate.truth.grades import Limits, between, corrected, criteria, graded

HIGH = Limits(high=40.0)
RAISED = Limits(high=40.0, base=60.0)
ROWS = [
    # test, term, unit, limits, (value, grade)...
    ("NEUT", "Neutrophil count decreased", "10^9/L", Limits(low=1.8),
     [(1.8, 0), (1.79, 1), (1.5, 1), (1.49, 2), (1.0, 2), (0.99, 3), (0.5, 3), (0.49, 4)]),
    ("PLAT", "Platelet count decreased", "10^9/L", Limits(low=125),
     [(125, 0), (124, 1), (75, 1), (74, 2), (50, 2), (49, 3), (25, 3), (24, 4)]),
    ("WBC", "White blood cell decreased", "10^9/L", Limits(low=3.5),
     [(3.5, 0), (3.4, 1), (3.0, 1), (2.9, 2), (2.0, 2), (1.9, 3), (1.0, 3), (0.9, 4)]),
    ("WBC", "Leukocytosis", "10^9/L", Limits(), [(100, 0), (101, 3)]),
    ("LYM", "Lymphocyte count decreased", "10^9/L", Limits(low=1.1),
     [(1.1, 0), (1.0, 1), (0.8, 1), (0.79, 2), (0.5, 2), (0.49, 3), (0.2, 3), (0.19, 4)]),
    ("LYM", "Lymphocyte count increased", "10^9/L", Limits(), [(4, 0), (4.1, 2), (20, 2), (21, 3)]),
    ("HGB", "Anemia", "g/L", Limits(low=115),
     [(115, 0), (114, 1), (100, 1), (99, 2), (80, 2), (79, 3), (20, 3)]),
    ("ALT", "Alanine aminotransferase increased", "U/L", HIGH,
     [(40, 0), (41, 1), (120, 1), (121, 2), (200, 2), (201, 3), (800, 3), (801, 4)]),
    ("AST", "Aspartate aminotransferase increased", "U/L", RAISED,
     [(89, 0), (90, 1), (180, 1), (181, 2), (300, 2), (301, 3), (1200, 3), (1201, 4)]),
    ("ALP", "Alkaline phosphatase increased", "U/L", HIGH,
     [(40, 0), (41, 1), (100, 1), (101, 2), (200, 2), (201, 3), (800, 3), (801, 4)]),
    ("ALP", "Alkaline phosphatase increased", "U/L", RAISED, [(119, 0), (120, 1), (151, 2)]),
    ("GGT", "GGT increased", "U/L", HIGH, [(40, 0), (100, 1), (101, 2), (201, 3), (801, 4)]),
    ("BILI", "Blood bilirubin increased", "umol/L", Limits(high=20),
     [(20, 0), (20.1, 1), (30, 1), (30.1, 2), (60, 2), (60.1, 3), (200, 3), (200.1, 4)]),
    ("BILI", "Blood bilirubin increased", "umol/L", Limits(high=20, base=24),
     [(24, 0), (24.1, 1), (36.1, 2), (72.1, 3), (240.1, 4)]),
    ("CREAT", "Creatinine increased", "umol/L", Limits(high=100, base=50),
     [(75, 0), (76, 2), (150, 2), (151, 3), (600, 3), (601, 4)]),
    ("CREAT", "Creatinine increased", "umol/L", Limits(high=100),
     [(100, 0), (101, 1), (150, 1), (151, 2), (300, 2), (301, 3)]),
    ("ALB", "Hypoalbuminemia", "g/L", Limits(low=40),
     [(40, 0), (39, 1), (30, 1), (29, 2), (20, 2), (19, 3)]),
    ("SODIUM", "Hyponatremia", "mmol/L", Limits(low=137),
     [(137, 0), (136, 1), (130, 1), (129, 2), (125, 2), (124, 3), (120, 3), (119, 4)]),
    ("SODIUM", "Hypernatremia", "mmol/L", Limits(high=147),
     [(147, 0), (148, 1), (150, 1), (151, 2), (155, 2), (156, 3), (160, 3), (161, 4)]),
    ("K", "Hypokalemia", "mmol/L", Limits(low=3.5),
     [(3.5, 0), (3.4, 1), (3.0, 1), (2.9, 3), (2.5, 3), (2.4, 4)]),
    ("K", "Hyperkalemia", "mmol/L", Limits(high=5.3),
     [(5.3, 0), (5.4, 1), (5.5, 1), (5.6, 2), (6.0, 2), (6.1, 3), (7.0, 3), (7.1, 4)]),
    ("CA", "Hypocalcemia", "mmol/L", Limits(low=2.11),
     [(2.11, 0), (2.1, 1), (2.0, 1), (1.99, 2), (1.75, 2), (1.74, 3), (1.5, 3), (1.49, 4)]),
    ("CA", "Hypercalcemia", "mmol/L", Limits(high=2.52),
     [(2.52, 0), (2.6, 1), (2.9, 1), (3.0, 2), (3.1, 2), (3.2, 3), (3.4, 3), (3.5, 4)]),
    ("MG", "Hypomagnesemia", "mmol/L", Limits(low=0.75),
     [(0.75, 0), (0.74, 1), (0.5, 1), (0.49, 2), (0.4, 2), (0.39, 3), (0.3, 3), (0.29, 4)]),
    ("MG", "Hypermagnesemia", "mmol/L", Limits(high=1.02),
     [(1.02, 0), (1.03, 1), (1.23, 1), (1.24, 3), (3.3, 3), (3.4, 4)]),
    ("URATE", "Hyperuricemia", "umol/L", Limits(high=420), [(420, 0), (421, 1), (999, 1)]),
    ("TRIG", "Hypertriglyceridemia", "mmol/L", Limits(high=1.9),
     [(1.7, 0), (1.71, 1), (3.42, 1), (3.43, 2), (5.7, 2), (5.8, 3), (11.4, 3), (11.5, 4)]),
    ("CHOL", "Cholesterol high", "mmol/L", Limits(high=5.2),
     [(5.2, 0), (5.3, 1), (7.75, 1), (7.8, 2), (10.34, 2), (10.4, 3), (12.92, 3), (13, 4)]),
    ("AMYLASE", "Serum amylase increased", "U/L", HIGH,
     [(40, 0), (41, 1), (60, 1), (61, 2), (200, 2), (201, 3)]),
    ("LIPASET", "Lipase increased", "U/L", HIGH, [(40, 0), (60, 1), (61, 2), (201, 3)]),
    ("PROT24", "Proteinuria", "g/day", Limits(high=0.15),
     [(0.14, 0), (0.15, 1), (0.99, 1), (1.0, 2), (3.49, 2), (3.5, 3)]),
    ("PROTDIP", "Proteinuria", "", Limits(), [(0, 0), (1, 1), (2, 2), (3, 2), (4, 3)]),
    ("SYSBP", "Hypertension", "mmHg", Limits(),
     [(119, 0), (120, 1), (139, 1), (140, 2), (159, 2), (160, 3), (240, 3)]),
    ("DIABP", "Hypertension", "mmHg", Limits(), [(79, 0), (80, 1), (89, 1), (90, 2), (100, 3)]),
    ("TEMP", "Fever", "C", Limits(),
     [(37.9, 0), (38.0, 1), (39.0, 1), (39.1, 2), (40.0, 2), (40.1, 3)]),
]  # fmt: skip


def _criterion(test, term):
    return next(c for c in criteria()[test] if c.term == term)


@pytest.mark.parametrize(
    ("test", "term", "unit", "limits", "value", "grade"),
    [(*row[:4], value, grade) for row in ROWS for value, grade in row[4]],
)
def test_limit(test, term, unit, limits, value, grade):
    assert graded(_criterion(test, term), value, value, unit, limits) == (grade, grade)


def test_every_criterion_is_tried():
    tried = {row[:2] for row in ROWS}
    assert tried == {(c.test, c.term) for found in criteria().values() for c in found}


def test_without_a_range_only_absolute_grades_count():
    protein = _criterion("PROT24", "Proteinuria")
    assert protein.grade(0.4, Limits()) is None
    assert protein.grade(1.2, Limits()) == 2


@pytest.mark.parametrize(
    ("text", "bounds"),
    [("0.4", (0.4, 0.4)), ("2+", (2, 2)), ("NEGATIVE", (0, 0)), ("clotted", None)],
)
def test_results_as_reported(text, bounds):
    assert between(text) == bounds


@pytest.mark.parametrize(("text", "grades"), [("<25", (4, 4)), ("<50", (3, 4)), ("<75", (2, 4))])
def test_below_a_limit_is_a_range_of_grades(text, grades):
    least, most = between(text)
    platelets = _criterion("PLAT", "Platelet count decreased")
    assert graded(platelets, least, most, "10^9/L", Limits(low=125)) == grades


def test_calcium_is_corrected_for_albumin():
    assert corrected(2.0, 30.0) == pytest.approx(2.2)
    assert corrected(2.0, None) == 2.0


def test_another_unit_is_an_error():
    with pytest.raises(ValueError, match="HGB comes in g/dL, its limits are in g/L"):
        graded(_criterion("HGB", "Anemia"), 9.0, 9.0, "g/dL", Limits(low=115))
