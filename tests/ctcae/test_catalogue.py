"""The terms of CTCAE as facts, and where each v5.0 term goes in v6.0."""

from __future__ import annotations

import subprocess
import sys

import pytest

from safety.ctcae import catalogue
from safety.ctcae.catalogue import Term


@pytest.mark.parametrize(("version", "count"), [("5.0", 837), ("6.0", 850)])
def test_every_term_is_there_once(version, count) -> None:
    terms = catalogue.terms(version)
    assert len(terms) == count
    assert len({t.meddra_code for t in terms}) == count
    assert len({catalogue.plain(t.term) for t in terms}) == count
    assert len({t.soc for t in terms}) == 26
    assert sum(t.other_specify for t in terms) == 26


def test_a_term_holds_its_facts() -> None:
    assert catalogue.by_code("10001760", "5.0") == Term(
        "10001760", "Alopecia", "Skin and subcutaneous tissue disorders", "10040785", (1, 2), False
    )
    other = catalogue.by_name("Cardiac disorders - Other, specify", "5.0")
    assert other is not None
    assert other.other_specify
    assert other.meddra_code == other.soc_code == "10007541"


@pytest.mark.parametrize(
    ("code", "grades"),
    [
        ("10028813", (1, 2, 3)),  # nausea
        ("10014950", (1, 3)),  # eosinophilia
        ("10042772", (3,)),  # syncope
        ("10053496", (1, 2, 3, 5)),  # vaginal stricture: NCI has no grade 4
    ],
)
def test_only_existing_grades_are_listed(code, grades) -> None:
    found = catalogue.by_code(code, "5.0")
    assert found is not None
    assert found.grades == grades


@pytest.mark.parametrize(
    "name", ["nausea", "  Nausea ", "NAUSEA", "Nau\u00a0sea".replace("\u00a0", "")]
)
def test_letter_case_and_spaces_do_not_matter(name) -> None:
    assert catalogue.by_name(name, "5.0") is catalogue.by_code("10028813", "5.0")


def test_names_are_exact_otherwise() -> None:
    assert catalogue.by_name("Nauseas", "5.0") is None
    assert catalogue.by_name("", "5.0") is None
    assert catalogue.by_code("99999999", "5.0") is None
    assert catalogue.by_name("Thrombocytopenia", "5.0") is None  # a term of v6.0 only
    assert catalogue.by_name("Thrombocytopenia", "6.0") is not None


def test_a_version_that_is_not_known_names_the_known_ones() -> None:
    assert catalogue.versions() == ("5.0", "6.0")
    with pytest.raises(ValueError, match=r"version '4.03' is not known; give one of 5.0, 6.0"):
        catalogue.terms("4.03")


def _to(code: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(c.term.term, c.types) for c in catalogue.successors(code)]


def test_successors_with_their_types_of_change() -> None:
    assert _to("10035528") == [("Thrombocytopenia", ("deletion",))]
    assert _to("10020639") == [
        ("Hyperglycemia", ("clarification",)),
        ("Metabolism and nutrition disorders - Other, specify", ("deletion",)),
    ]
    assert _to("10011703") == [("Cyanosis", ("soc change",))]
    assert _to("10010000") == [("Colonic obstruction", ("no change",))]
    assert _to("10018746") == [("Growth accelerated", ("soc change", "clarification"))]
    assert _to("10043554") == []  # not a code of v5.0


def test_every_v5_term_has_a_successor() -> None:
    assert [t.term for t in catalogue.terms("5.0") if not catalogue.successors(t.meddra_code)] == []


def test_predecessors() -> None:
    assert [c.term.term for c in catalogue.predecessors("10043554")] == ["Platelet count decreased"]
    assert [c.term.term for c in catalogue.predecessors("10019279")] == [
        "Heart failure", "Left ventricular systolic dysfunction", "Restrictive cardiomyopathy",
        "Right ventricular dysfunction",
    ]  # fmt: skip
    assert catalogue.predecessors("10088940") == ()  # brain fog is new in v6.0


def test_the_catalogue_loads_without_pandas() -> None:
    code = (
        "import sys, safety.ctcae.catalogue as c; c.terms('5.0'); "
        "assert 'pandas' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
