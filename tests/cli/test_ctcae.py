"""`toxwatch ctcae`: search, show and import, with their exit codes."""

from __future__ import annotations

import json

import pytest

from tests import command, workbooks


@pytest.fixture
def call(tmp_path):
    home = {"TOXWATCH_HOME": str(tmp_path / "home")}
    return lambda *arguments: command.here(home, "ctcae", *arguments)


def test_search_suggests(call) -> None:
    done = call("search", "leucopenia")
    assert done.returncode == 0
    assert done.stdout.startswith("10049182  100.0  White blood cell decreased  (grades 1 2 3 4)")
    found = json.loads(call("search", "nausea", "and", "vomiting", "--limit", "1", "--json").stdout)
    assert [s["term"]["term"] for s in found] == ["Nausea"]


def test_search_that_finds_nothing_says_so(call) -> None:
    done = call("search", "xyzzy", "--version", "6.0")
    assert (done.returncode, done.stdout) == (0, "No term of CTCAE 6.0 is written like that.\n")


def test_show_by_name_and_by_code(call) -> None:
    by_name = call("show", "anemia")
    assert by_name.returncode == 0
    assert "    grade 2: below 10 and at least 8 g/dL\n" in by_name.stdout
    assert "toxwatch ctcae import FILE" in by_name.stdout
    assert call("show", "10002272").stdout == by_name.stdout


def test_show_as_json(call) -> None:
    done = call("show", "Platelet count decreased", "--json")
    found = json.loads(done.stdout)
    assert done.stderr == ""
    assert found["term"]["grades"] == [1, 2, 3, 4]
    assert found["sections"][0]["lines"][3]["citation"] == (
        "CTCAE v5.0 (2017-11-27), Platelet count decreased, grade 4"
    )
    assert found["related"][0]["term"]["term"] == "Thrombocytopenia"
    assert found["official"] is None


def test_show_in_version_6(call) -> None:
    done = call("show", "thrombocytopenia", "--version", "6.0")
    assert done.returncode == 0
    assert "Numeric criteria of CTCAE 6.0 are not loaded" in done.stdout
    assert "10035528 Platelet count decreased (deletion)" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["show", "neutropenai"], "Do you mean: Neutrophil count decreased"),
        (["show", "xyzzy"], "'xyzzy' is no term of CTCAE 5.0."),
        (["show", "thrombocytopenia"], "it is one of 6.0: add --version 6.0"),
        (["show", "nausea", "--version", "4.03"], "give one of 5.0, 6.0"),
        (["show", "n" * 201], "at most 200 characters"),
        (["show", " "], "Give a name or a code"),
        (["search", "nausea", "--version", "x"], "give one of 5.0, 6.0"),
        (["import", "none.xlsx"], "there is no such file"),
    ],
)
def test_wrong_use_ends_with_2(call, arguments, message) -> None:
    done = call(*arguments)
    assert done.returncode == 2
    assert message in " ".join(done.stderr.split())
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_an_imported_workbook_is_shown(call, tmp_path) -> None:
    path = workbooks.write(tmp_path / "a.xlsx", workbooks.rows("5.0"))
    done = call("import", str(path))
    assert done.returncode == 0, done.stderr
    assert "CTCAE 5.0: the wording of 837 terms is kept in" in done.stdout
    shown = call("show", "alopecia").stdout
    assert "  definition: What Alopecia means.\n  grade 1: words of grade 1\n" in shown
    assert "toxwatch ctcae import FILE" not in shown
    assert "NCI's wording:" not in call("show", "alopecia", "--version", "6.0").stdout


def test_a_workbook_that_disagrees_ends_with_1_and_keeps_nothing(call, tmp_path) -> None:
    content = workbooks.rows("5.0")
    content[0][2] = "Anaemia"
    done = call("import", str(workbooks.write(tmp_path / "a.xlsx", content)))
    assert done.returncode == 1
    assert "1 differences from CTCAE 5.0; nothing is kept." in done.stderr
    assert "row 3: 10002272 is called 'Anaemia', not 'Anemia'." in done.stderr
    assert not (tmp_path / "home").exists()


def test_a_workbook_of_another_version_says_so(call, tmp_path) -> None:
    path = workbooks.write(tmp_path / "a.xlsx", workbooks.rows("6.0"))
    done = call("import", str(path), "--version", "5.0")
    assert done.returncode == 1
    assert "... and 106 more" in done.stderr
    assert "It is the workbook of CTCAE 6.0: leave out --version." in done.stderr


def test_a_workbook_without_the_table_ends_with_2(call, tmp_path) -> None:
    def no_header(book):
        book.worksheets[1].delete_rows(2)

    path = workbooks.write(tmp_path / "a.xlsx", workbooks.rows("5.0"), change=no_header)
    done = call("import", str(path))
    assert done.returncode == 2
    assert "no sheet has the columns" in " ".join(done.stderr.split())
