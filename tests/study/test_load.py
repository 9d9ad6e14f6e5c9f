"""Study files: every problem is named with its line and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from safety.errors import StudyError, WrongUseError
from safety.study.load import MAX_BYTES, find, load, rule_set_hash
from safety.study.model import Study
from tests import build

MONITOR = {"role": "backup", "address": "b@example.org", "tiers": ["P1"]}
GOOD = Path(build.__file__).with_name("study.yaml").read_text(encoding="utf-8")


def _load(tmp_path: Path, text: str):
    path = tmp_path / "t1.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def _problems(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(StudyError) as error:
        _load(tmp_path, text)
    return error.value.problems


def test_a_valid_study(tmp_path) -> None:
    study = _load(tmp_path, GOOD)
    assert (study.studyid, study.ctcae, study.policy) == ("T1", "5.0", "number_only")
    assert study.treatment_emergent.days_after_last_dose == 30
    assert (study.alerts.grade, study.data_cut) == (4, None)
    assert [r.id for r in study.dose_limiting.rules] == ["P1", "P2"]


def test_the_delivered_study_files_are_valid() -> None:
    folder = Path(build.__file__).resolve().parents[1] / "studies"
    files = sorted(folder.glob("*.yaml"))
    assert files
    assert [load(f).studyid for f in files]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("phase: I\n", "phaze: I\n", "line 3, phaze: unknown field; did you mean phase?"),
        ("phase: I\n", "", "line 1, phase: Field required"),
        ("Asia/Shanghai", "Mars/Base", "line 4, timezone: 'Mars/Base' is not a time zone"),
        ("Asia/Shanghai", "../../etc/passwd", "line 4, timezone: "),
        ("studyid: T1", "studyid: ../T1", "line 1, studyid: "),
        ("kind: sdtm_folder", "kind: fax", "line 7, feeds.0.kind: Input should be 'sdtm_folder'"),
        ("record: dose", "record: doze", "line 11, feeds.0.domains.EX.record: "),
        ("key: [USUBJID]", "key: []", "line 10, feeds.0.domains.DM.key: "),
        ("MILD: [1]", "MILD: [6]", "line 18, severity.values.MILD.0: "),
        ("unrelated: [NONE]", "unrelated: [POSSIBLE]", "POSSIBLE is both related and unrelated"),
        ("MILD: [1]", "MILD: []", "line 18, severity.values.MILD: List should have at least 1"),
        ("first_day: 1", "first_day: 0", "line 24, dose_limiting.window.first_day: "),
        ("first_day: 1", "first_day: 22", "the window ends before it begins"),
        ("phase: I\n", "phase: I\ndata_cut: 2024-13-01\n", "2024-13-01"),
        ("last_day: 21", "last_day: 0", "line 24, dose_limiting.window.last_day: "),
        ("id: P2", "id: P1", "rule id P1 is used more than once"),
        (
            'grade: ">=4"',
            'grade: ">=6"',
            "line 27, dose_limiting.rules.1.when.grade: '>=6' cannot be read; write it as ",
        ),
        (
            'grade: ">=4"',
            'grad: ">=4"',
            "line 27, dose_limiting.rules.1.when.grad: unknown field; did you mean grade?",
        ),
        (
            '{toxicity: any, grade: ">=4", source: measured}',
            "{toxicty: any}",
            "death, declared, rule, all, any; did you mean toxicity?",
        ),
        (
            "scope: {related: false}",
            "scope: {relatd: false}",
            "line 27, dose_limiting.rules.1.scope.relatd: unknown field; did you mean related?",
        ),
        (
            "scope: {related: false}",
            "scope: {zzz: false}",
            "rules.1.scope.zzz: unknown field; known here: in_window, related, worsened_by",
        ),
        (
            "scope: {related: false}",
            "unless: [E9]",
            "line 27, dose_limiting: rule P2: unless names E9, which is no exception; known: none",
        ),
        (
            "scope: {related: false}",
            "needs: [CBC]",
            "line 27, dose_limiting: rule P2: needs names CBC, which is no assessment; known: none",
        ),
        (
            "id: P2",
            "id: p2",
            "; write a capital letter, then up to 15 letters, digits or -, e.g. H1 (it is 'p2')",
        ),
        ("[monitor@example.org]", "[]", "alerts.recipients: "),
        ("title: A small study for tests", "ctcae: '4.03'", "line 2, ctcae: Input should be '5.0'"),
        ("title: A small study for tests", "policy: lenient", "line 2, policy: "),
    ],
)
def test_a_problem_is_named_with_its_line(tmp_path, old, new, problem) -> None:
    assert old in GOOD
    found = _problems(tmp_path, GOOD.replace(old, new, 1))
    assert any(problem in p for p in found), found


def test_every_problem_is_reported_at_once(tmp_path) -> None:
    text = GOOD.replace("phase: I\n", "phaze: I\n").replace("Asia/Shanghai", "Mars/Base")
    assert len(_problems(tmp_path, text)) == 3  # phaze, phase, timezone


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "mapping"),
        ("- a\n", "mapping"),
        ("just text", "mapping"),
        ("a: [1\n", "not YAML"),
        ("a: !!python/object/apply:os.system [ls]\n", "not YAML"),
        ("a: &x [1]\nb: *x\n", "aliases"),
        ("\x00", "not YAML"),
        ("studyid: T1\nstudyid: T2\n", "line 1: studyid stands twice"),
        (GOOD.replace("MILD: [1]", "MILD: [1], MILD: [2]"), "line 18: MILD stands twice"),
        ("[" * 5000, "nested too deeply"),
        ("a: " + "{a: " * 3000, "nested too deeply"),
        ("#" * (MAX_BYTES + 1), "larger than"),
    ],
)
def test_a_file_that_is_no_study(tmp_path, text, problem) -> None:
    assert problem in _problems(tmp_path, text)[0]


def test_a_file_that_is_not_utf_8(tmp_path) -> None:
    path = tmp_path / "t1.yaml"
    path.write_bytes(b"studyid: T\xe9\n")
    with pytest.raises(StudyError, match=r"not UTF-8 \(byte 10\)"):
        load(path)


def test_a_study_derives_what_it_names_and_nothing_else(tmp_path) -> None:
    assert _load(tmp_path, GOOD).derivations == []
    named = _load(tmp_path, GOOD + "derivations: [QTCF, ANC, QTCF]\n")
    assert named.derivations == ["ANC", "QTCF"]  # in any order, once


@pytest.mark.parametrize("name", ["QTCB", "CA_CORRECTED", "qtcf"])
def test_a_derivation_that_cannot_be_chosen(tmp_path, name) -> None:
    found = _problems(tmp_path, GOOD + f"derivations: [ANC, {name}]\n")
    assert len(found) == 1
    assert "derivations.1: Input should be 'QTCF', 'ANC', 'CRCL_CG'" in found[0]


def test_a_window_of_one_day_is_one(tmp_path) -> None:
    window = _load(tmp_path, GOOD.replace("last_day: 21", "last_day: 1")).dose_limiting.window
    assert (window.first_day, window.last_day) == (1, 1)


def test_a_missing_file(tmp_path) -> None:
    with pytest.raises(StudyError, match="no such file"):
        load(tmp_path / "nothing.yaml")


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"title": "Another title"}, True),
        ({"notice": "Another notice"}, True),
        ({"phase": "II"}, True),
        ({"alerts": {"recipients": ["other@example.org"]}}, True),
        ({"alerts": {"recipients": ["monitor@example.org"], "grade": 3}}, False),
        ({"timezone": "Europe/Paris"}, False),
        ({"baseline": {"same_day_visits": []}}, False),
        ({"policy": "worst_case"}, False),
        ({"derivations": ["ANC"]}, False),
        ({"derivations": []}, True),
        ({"severity": None}, False),
        ({"treatment_emergent": {"days_after_last_dose": 31}}, False),
        ({"alerts": {"recipients": ["monitor@example.org"], "monitors": [MONITOR]}}, True),
        ({"terms": {"gut": {"terms": ["Nausea"]}}}, False),
        ({"attribution": {"related": ["POSSIBLE"], "unrelated": ["NONE", "REMOTE"]}}, False),
        ({"reporting": {}}, False),
    ],
)
def test_rule_set_hash_is_of_what_can_change_a_result(changes, same) -> None:
    assert (rule_set_hash(build.study(**changes)) == rule_set_hash(build.study())) is same


def test_rule_set_hash_does_not_depend_on_the_order_of_fields(tmp_path) -> None:
    turned = dict(reversed(build.study_content().items()))
    study = _load(tmp_path, yaml.safe_dump(turned, sort_keys=False))
    assert rule_set_hash(study) == rule_set_hash(build.study())


def _with_rule(number: int, **changes: object) -> Study:
    content = build.study_content()
    content["dose_limiting"]["rules"][number] |= changes
    return Study.model_validate(content)


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"when": {"toxicity": "any", "grade": ">=3", "source": "measured"}}, False),
        ({"scope": {"related": False, "worsened_by": 2}}, False),
        ({"scope": {"related": False, "worsened_by": 1}}, True),  # the default, written out
        ({"version": 2}, False),
        ({"effective_from": "2024-01-01"}, False),
    ],
)
def test_rule_set_hash_changes_with_a_rule(changes, same) -> None:
    assert (rule_set_hash(_with_rule(1, **changes)) == rule_set_hash(build.study())) is same


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"author": "B"}, True),
        ({"approved_by": "Dr. C, 2024-01-05"}, True),
        ({"changes": "typing errors"}, True),
        ({"version": "2.0"}, False),
        ({"effective_from": "2024-02-01"}, False),
    ],
)
def test_approval_does_not_change_the_rule_set(changes, same) -> None:
    version = {"version": "1.0", "effective_from": "2024-01-01", "author": "A"}
    before, after = build.study(protocol=version), build.study(protocol=version | changes)
    assert (rule_set_hash(before) == rule_set_hash(after)) is same


@pytest.mark.parametrize("written", ["no", "yes", "on", "off", "NO", "Yes"])
def test_only_true_and_false_are_truth_values(tmp_path, written) -> None:
    text = GOOD.replace("title: A small study for tests", f"title: {written}")
    assert _load(tmp_path, text).title == written


def test_an_answer_need_not_be_quoted(tmp_path) -> None:
    study = _load(tmp_path, GOOD.replace("source: measured", "source: measured, symptomatic: no"))
    assert study.dose_limiting.rules[1].when.symptomatic == "no"


def test_a_study_is_found_by_name_or_path(tmp_path) -> None:
    (tmp_path / "t_1-a.yaml").write_text(GOOD, encoding="utf-8")
    assert find("t_1-a", tmp_path) == tmp_path / "t_1-a.yaml"
    assert find("some/where.yaml", tmp_path) == Path("some/where.yaml")


@pytest.mark.parametrize("name", ["../t1", "t1/x", "", "t1.json", "a b"])
def test_a_name_that_is_none(tmp_path, name) -> None:
    with pytest.raises(WrongUseError, match="not a study name"):
        find(name, tmp_path)


def test_an_unknown_study_lists_the_known_ones(tmp_path) -> None:
    (tmp_path / "known.yaml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(WrongUseError, match="Known: known"):
        find("unknown", tmp_path)
