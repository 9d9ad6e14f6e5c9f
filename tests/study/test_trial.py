"""The study file of NCT06038461 against numbers worked out otherwise."""

from __future__ import annotations

from math import comb

import pytest

from safety.ctcae import catalogue
from safety.study.conditions import DoseMissed, Toxicity
from safety.study.language import Share
from safety.study.looked_at import days_between
from safety.study.names import terms_meant
from safety.study.traps.treatment import fewest_missed
from tests.study.samples import trial

POSITIVE = [
    "H1",
    "H2",
    "H3",
    "H4",
    "H5",
    "H6",
    "N1",
    "N2",
    "N3",
    "L1",
    "L2",
    "T1",
    "T2",
    "D1",
    "O1",
]
EXCEPTIONS = ["H7", "E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "E9"]


def test_every_rule_of_the_reference_is_there() -> None:
    rules = trial().dose_limiting.rules
    assert [r.id for r in rules if r.kind == "dose_limiting"] == POSITIVE
    assert [r.id for r in rules if r.kind == "exception"] == EXCEPTIONS
    assert next(r.unless for r in rules if r.id == "N1") == [*EXCEPTIONS[1:], "H7"]


def test_every_row_of_the_modification_table_is_there() -> None:
    ladder = trial().modification
    assert ladder is not None
    rows = {r.id.partition("-")[0] for r in ladder.rules}
    assert rows == {
        *(f"S{n}" for n in range(1, 17)), *(f"T{n}" for n in range(1, 6)),
        *(f"F{n}" for n in range(1, 9)), "A1", "A2", "A3",
    }  # fmt: skip
    assert [g.id for g in ladder.gates] == ["C-D1", "D10"]
    assert [r.id for r in ladder.rules if not r.active] == ["T4", "T4-STOP"]


def test_terms_are_spelled_as_ctcae_spells_them() -> None:
    names = {t.term for t in catalogue.terms("5.0")}
    assert {n for group in trial().terms.values() for n in group.terms} <= names


@pytest.mark.parametrize(
    ("words", "left_out"),
    [
        # besides bleeding: what clots, and bruises
        (("hemorrhage", "bleeding", "epistaxis", "hemat", "menorrhagia", "purpura"),
         {"Thrombotic thrombocytopenic purpura"}),
    ],
)  # fmt: skip
def test_every_bleeding_of_ctcae_is_bleeding(words, left_out) -> None:
    alike = {
        t.term for t in catalogue.terms("5.0")
        if any(w in t.term.lower() for w in words)
    }  # fmt: skip
    assert set(trial().terms["bleeding"].terms) == alike - left_out


def test_every_perforation_and_fistula_of_the_gut_is_one() -> None:
    organs = {"Gastrointestinal disorders", "Hepatobiliary disorders"}
    gut = [t.term for t in catalogue.terms("5.0") if t.soc in organs]
    perforations = {t for t in gut if "erforat" in t} | {"Appendicitis perforated"}
    assert set(trial().terms["gi_perforation"].terms) == perforations
    assert set(trial().terms["gi_fistula"].terms) == {t for t in gut if "fistula" in t}


def test_n1_leaves_out_what_the_h_rules_judge_and_nothing_else() -> None:
    n1 = next(r.when for r in trial().dose_limiting.rules if r.id == "N1")
    assert isinstance(n1, Toxicity)
    everything = {t.term for t in catalogue.terms("5.0")}
    assert everything - {t.term for t in terms_meant(trial(), n1)} == {
        "Neutrophil count decreased", "Platelet count decreased", "Anemia", "Febrile neutropenia",
    }  # fmt: skip


def _above(p: float, dlts: int, n: int) -> float:
    return sum(comb(n + 1, k) * p**k * (1 - p) ** (n + 1 - k) for k in range(dlts + 1))


def test_the_elimination_boundary_is_that_of_the_posterior() -> None:
    """Pr(rate > 0.30 | DLTs of n) > 0.95 with a uniform prior, for 3 subjects and more.

    The tail of Beta(1 + y, 1 + n - y) above p is P(Bin(n + 1, p) <= y).
    """
    pause = next(p for p in trial().dose_limiting.pause if p.eliminated_at == "L1")
    expected = {n: next(y for y in range(n + 1) if _above(0.3, y, n) > 0.95) for n in range(3, 19)}
    assert pause.boundary == expected
    assert [pause.boundary[n] for n in (3, 6, 9, 12, 18)] == [3, 4, 5, 7, 9]


@pytest.mark.parametrize(
    ("drug", "missed"), [("surufatinib", (6, 21)), ("temozolomide", (2, 5)), ("s1", (7, 28))]
)
def test_how_many_doses_may_be_missed(drug, missed) -> None:
    treatment = trial().treatment
    assert treatment is not None
    rule = DoseMissed(dose_missed=Share.parse(">=25%"))
    assert fewest_missed(rule, treatment.drugs[drug]) == missed


@pytest.mark.parametrize(("assessment", "days"), [("CBC", 7), ("CHEM", 10), ("BP", 10)])
def test_how_far_apart_required_samples_lie(assessment, days) -> None:
    found = next(a for a in trial().dose_limiting.surveillance if a.id == assessment)
    assert days_between(found) == days


def test_levels_rise() -> None:
    treatment = trial().treatment
    assert treatment is not None
    doses = [
        (level.id, level.doses["surufatinib"].fixed, level.doses["temozolomide"].fixed)
        for level in treatment.levels
    ]
    assert doses == [("L-1", 200, 200), ("L1", 250, 200), ("L2", 250, 250), ("L3", 250, 300)]
    bands = [(b.below, b.mg) for b in treatment.levels[1].doses["s1"].bsa_bands]
    assert bands == [(1.25, 40), (1.5, 50), (None, 60)]
