"""What is told of rows and files before they are checked, judged as all other findings are."""

from __future__ import annotations

from dataclasses import replace

from safety.intake import findings
from safety.manifest import Landed
from tests.build import intake, measurement


def _told(given) -> dict[str, tuple[str, int, str]]:
    return {f.check_id: (f.status, f.checked, f.note) for f, _ in findings.of_rows(given)}


def test_what_was_done_to_rows_by_a_rule_is_logged() -> None:
    row = measurement(unit="K/uL")
    dipstick = measurement("PROT", "++", None, LBSPEC="URINE", LBORNRLO=None, LBORNRHI=None)
    given = intake("LB", row, row, measurement(VISITNUM="2"), dipstick)
    assert _told(replace(given, shifted=3)) == {
        "IN-009": ("pass", 3, "3 times have an offset; they were told in the study's time zone"),
        "IN-013": ("pass", 1, "1 exact copies of rows were set aside"),
        "IN-016": ("pass", 1, "1 dipstick results were read as {plus}"),
        "IN-017": ("pass", 1, "1 units were spelled in another way: K/uL is 10*9/L"),
    }


def test_of_rows_as_they_should_be_nothing_is_told() -> None:
    assert _told(intake("LB", measurement(unit="10*9/L"))) == {}


def test_older_versions_in_one_file_fail_with_their_rows() -> None:
    given = replace(intake("LB", measurement(unit="10*9/L")), revised=(1,))
    ((found, _),) = findings.of_rows(given)
    assert (found.check_id, found.status, found.rows, found.handling) == (
        "IN-007", "fail", (1,), "query",
    )  # fmt: skip


def test_files_of_no_domain_are_told() -> None:
    files = [Landed(f"{name}.txt", "0" * 64, 1) for name in ("a", "b")]
    found = findings.unknown_files(files, "edc")
    assert (found.status, found.checked, found.rows) == ("fail", 2, (1, 2))
    assert found.note == "kept, not used: a.txt, b.txt"
    none = findings.unknown_files([], "edc")
    assert (none.status, none.rows, none.note) == ("pass", (), "")


def test_a_failing_row_names_its_cells_and_what_is_wrong_with_them() -> None:
    given = intake("LB", measurement(value="9", LBDTC="2024-02-30"))
    checked = replace(given, records=given.records.assign(IMPLAUSIBLE="nobody has it"))
    date_, odd = (
        replace(findings.of_rows(replace(given, revised=(1,)))[0][0], check_id=check, columns=c,
                says=says)
        for check, c, says in (
            ("ME-004", ("ADTSTATE",), ""),
            ("ME-019", ("AVAL", "IMPLAUSIBLE"), "IMPLAUSIBLE"),
        )
    )  # fmt: skip
    rows = findings.rows([(date_, checked), (odd, checked)])
    assert list(rows["CHECKID"]) == ["ME-004", "ME-019"]
    assert list(rows["CELLS"]) == ['{"ADTC":"2024-02-30"}', '{"AVALC":"9"}']
    assert list(rows["SAID"]) == ["", "nobody has it"]
