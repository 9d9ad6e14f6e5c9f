"""The register: every fault has a check that exists, every check a fault or a source."""

from __future__ import annotations

import pytest

from expectations import register, runner
from expectations.check import Check
from tests.expectations.pairs import PAIRS


def _check(check_id: str, handling: str, columns: tuple[str, ...] = ("X",)) -> Check:
    return Check(check_id, "dose", "t", columns, lambda gx, _: gx, "info", handling, "fault 9")


def test_the_catalogue_has_56_faults() -> None:
    assert [f.number for f in register.faults()] == list(range(1, 57))
    assert all(f.title and set(f.handling) <= set(register.LETTERS) for f in register.faults())


@pytest.mark.parametrize("fault", register.faults(), ids=lambda f: str(f.number))
def test_every_fault_has_a_check_handled_as_the_catalogue_says(fault) -> None:
    checks = register.checks_of(fault.number)
    assert checks
    differing = [c.id for c in checks if fault.handling and not register.agrees(c, fault)]
    assert differing == [], "say `why` in expectations/faults.yaml, or cite another fault"


@pytest.mark.parametrize("fault", register.faults(), ids=lambda f: str(f.number))
def test_every_reason_is_of_a_check_that_differs(fault) -> None:
    bare = register.Fault(fault.number, fault.title, fault.handling)
    differing = [c for c in register.checks_of(fault.number) if not register.agrees(c, bare)]
    for pattern, reason in fault.why.items():
        only = register.Fault(fault.number, fault.title, fault.handling, why={pattern: reason})
        assert reason
        assert any(register.agrees(c, only) for c in differing), f"{pattern} explains nothing"


def test_every_check_cites_a_fault_of_the_catalogue_or_a_source() -> None:
    for check in runner.all_checks():
        named = register.numbers(check.citation)
        assert set(named) <= set(range(1, 57)), check.id
        assert named or len(check.citation) > 8, check.id


@pytest.mark.parametrize(
    ("citation", "numbers"),
    [
        ("fault 7", (7,)),
        ("faults 19 and 46", (19, 46)),
        ("faults 9, 37 and 51", (9, 37, 51)),
        ("faults 46 to 48", (46, 47, 48)),
        ("fault 5; faults 9 and 8", (5, 8, 9)),
        ("ICH E2A 3.2", ()),
        ("default 9", ()),
    ],
)
def test_the_faults_of_a_citation(citation, numbers) -> None:
    assert register.numbers(citation) == numbers


def test_a_check_agrees_by_its_letter_or_by_a_reason() -> None:
    fault = register.Fault(9, "t", "HQ", why={"EX-00[4]": "because"})
    assert register.agrees(_check("EX-001", "query"), fault)
    assert register.agrees(_check("EX-004", "reject"), fault)
    assert not register.agrees(_check("EX-005", "reject"), fault)


@pytest.mark.parametrize("check", [i for i in PAIRS if i.endswith(("-000", "-001", "-002"))])
def test_checks_of_identity_are_protected(check) -> None:
    found = next(c for c in runner.all_checks() if c.id == check)
    assert register.is_protected(found)


def test_what_keeps_a_row_out_is_protected_and_what_only_asks_is_not() -> None:
    assert not register.is_protected(_check("EX-001", "query", ("USUBJID",)))
    assert register.is_protected(_check("EX-001", "reject", ("DOSE",)))
