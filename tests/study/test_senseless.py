"""What can only be wrong is an error: literal messages, with the line of the small study."""

from __future__ import annotations

from pathlib import Path

import pytest

from safety.errors import StudyError
from safety.study.load import load
from tests import build

SMALL = Path(build.__file__).with_name("study.yaml").read_text(encoding="utf-8")
RULES = SMALL[SMALL.index("    - {id: P1") : SMALL.index("alerts:")]
TREATMENT = """\
treatment:
  cycle_length: 21d
  cycle_start_visit: "CYCLE {cycle} DAY 1"
  start_level: L1
  drugs:
    tmz:
      {names: [TMZ], schedule: {days: D10-D14, frequency: QD, latest_start: 13}, steps: [200, 150],
       citation: test}
  levels: [{id: L1, doses: {tmz: {fixed: 200}}}]
  reasons: {toxicity: [ADVERSE EVENT]}
  citation: test
"""
GATES = """\
modification:
  rules:
    - {id: M1, drugs: [tmz], text: a row, when: {death: true}, action: hold, citation: test,
       confidence: L}
  gates:
    - {id: G1, text: a gate, before: course, drugs: [tmz], otherwise: omit, citation: test,
       requires: [{text: counts, values: ["NEUT >= 1.5 10*9/L"]}],
       samples: D8-D10}
"""
TREATED = SMALL + TREATMENT + GATES
LONG = "no study is that long; write a smaller number"
BRACES = 'must hold {cycle} exactly once and no other brace; write it as "CYCLE {cycle} DAY 1"'
DAYS = "a cycle lasts whole days, at least one; write it as 21d"
OF_LB = (
    "known: STUDYID, USUBJID, PARAMCD, PARAM, SPEC, METHOD, POS, TPT, REPNUM, AVALC, AVALU, "
    "ANRLOC, ANRHIC, NRIND, STAT, CLSIG, VISITNUM, VISIT, LAB, REFID, ADTC"
)


def _problems(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "t1.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as error:
        load(path)
    return error.value.problems


def _changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


def _with_rules(*rules: str) -> str:
    return SMALL.replace(
        RULES, "".join(f"    - {{{r}, text: a rule, citation: test}}\n" for r in rules)
    )


def test_the_small_studies_are_valid(tmp_path) -> None:
    for text in (SMALL, TREATED, _with_rules("id: R1, when: {death: true}")):
        path = tmp_path / "t1.yaml"
        path.write_text(text, encoding="utf-8")
        assert load(path).studyid == "T1"


@pytest.mark.parametrize(
    ("rules", "problem"),
    [
        (["id: R1, when: {rule: R1}"],
         "line 26, rule R1: asks for itself; none of them can be judged"),
        (["id: R1, when: {rule: R2}", "id: R2, when: {any: [{death: true}, {rule: R1}]}"],
         ("line 27, rule R1: asks for itself in a circle: R1 -> R2 -> R1; none of them can be "
         "judged")),
        (["id: R1, when: {rule: R2}", "id: R2, when: {rule: R3}", "id: R3, when: {rule: R1}"],
         ("line 28, rule R1: asks for itself in a circle: R1 -> R2 -> R3 -> R1; none of them can "
         "be judged")),
        (["id: R1, when: {toxicity: Anemia, without: [{rule: R1}]}"],
         "line 26, rule R1: asks for itself; none of them can be judged"),
        (["id: R1, when: {death: true}, unless: [E1]",
          "id: E1, kind: exception, when: {rule: R1}"],
         ("line 27, rule R1: asks for itself in a circle: R1 -> E1 -> R1; none of them can be "
         "judged")),
        (["id: R1, when: {rule: R2}", "id: R2, when: {rule: R2}"],
         "line 27, rule R2: asks for itself; none of them can be judged"),
    ],
)  # fmt: skip
def test_rules_in_a_circle(tmp_path, rules, problem) -> None:
    assert _problems(tmp_path, _with_rules(*rules)) == [problem]


def test_a_rule_may_be_asked_for_twice(tmp_path) -> None:
    path = tmp_path / "t1.yaml"
    both = "id: R1, when: {any: [{rule: R2}, {rule: R3}]}"
    path.write_text(
        _with_rules(both, "id: R2, when: {rule: R3}", "id: R3, when: {death: true}"),
        encoding="utf-8",
    )
    assert [r.id for r in load(path).dose_limiting.rules] == ["R1", "R2", "R3"]


def test_a_rule_that_ends_before_it_begins(tmp_path) -> None:
    period = "effective_from: 2025-01-01, effective_until: 2024-01-01"
    assert _problems(tmp_path, _with_rules(f"id: R1, when: {{death: true}}, {period}")) == [
        (
            "line 26, dose_limiting.rules.0: effective_until 2024-01-01 lies before effective_from "
            "2025-01-01: it would apply to nobody; write the later day as effective_until"
        )
    ]


@pytest.mark.parametrize(
    ("when", "problem"),
    [
        ('{toxicity: Anemia, grade: ">=0"}',
         "rule R1: grade >=0 holds where there is no toxicity; write >=1"),
        ('{toxicity: Anemia, grade: "<=2"}',
         "rule R1: grade <=2 holds where there is no toxicity; write 1-2"),
        ('{toxicity: Anemia, lasting: ">=0d"}',
         "rule R1: lasting >=0d says nothing; write 1h or more, or leave it out"),
        ('{value: "NEUT < 1 10*9/L", lasting: "<=0h"}',
         "rule R1: lasting <=0h says nothing; write 1h or more, or leave it out"),
        ('{toxicity: Anemia, grade: 3, resolving: {to: "<=1", within: 0h}}',
         "rule R1: nothing resolves within 0 hours"),
        ('{dose_missed: ">=500%"}',
         "dose_limiting.rules.0.when.dose_missed: a share is at most 100% (it is '>=500%')"),
        ('{dose_missed: ">100%"}',
         "rule R1: no more than 100% of the doses can be missed; write it as >=25%"),
        ('{dose_missed: ">=0%"}',
         "rule R1: dose_missed >=0% holds where nothing was missed; write it as >=25%"),
        ('{dose_missed: "<5%"}',
         "rule R1: dose_missed <5% holds where nothing was missed; write it as >=25%"),
        ('{toxicity: Anemia, lasting: ">=3651d"}',
         f"dose_limiting.rules.0.when.lasting: more than 3650 days: {LONG} (it is '>=3651d')"),
        ('{toxicity: Anemia, lasting: ">=87601h"}',
         f"dose_limiting.rules.0.when.lasting: more than 87600 hours: {LONG} (it is '>=87601h')"),
        ('{cycle_delay: ">7d", cycle: 366}',
         ("dose_limiting.rules.0.when.cycle: Input should be less than or equal to 365 "
         "(it is 366)")),
        ('{value: "NEUT < 2000000000000 10*9/L"}',
         ("dose_limiting.rules.0.when.value: a limit is at most 1e+12; write it in a larger unit "
         "(it is 'NEUT < 2000000000000 10*9/L')")),
    ],
)  # fmt: skip
def test_a_condition_that_cannot_be_meant(tmp_path, when, problem) -> None:
    assert _problems(tmp_path, _with_rules(f"id: R1, when: {when}")) == [f"line 26, {problem}"]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("last_day: 21", "last_day: 3651",
         ("line 24, dose_limiting.window.last_day: Input should be less than or equal to 3650 "
         "(it is 3651)")),
        ("last_day: 21", "last_day: " + "9" * 5000,
         "not YAML: line 24: a number of 5000 digits; write a smaller one"),
        ("last_day: 21", "last_day: 1:30",
         ("line 24, dose_limiting.window.last_day: Input should be a valid integer, unable to "
         "parse string as an integer (it is '1:30')")),
        ("last_day: 21", "last_day: true",
         ("line 24, dose_limiting.window.last_day: a number is expected, not true or false "
         "(it is True)")),
        ("last_day: 21", "last_day: 21, presets: [0]",
         ("line 24, dose_limiting.window.presets.0: Input should be greater than or equal to 1 "
         "(it is 0)")),
        ("last_day: 21", "last_day: 21, extends_to_day: 30",
         "line 24, window: extends_to_day needs a treatment: without cycles none can be delayed"),
        ("title: A small", "title: !x A small",
         "not YAML: line 2: tags (!name) are not allowed; write the value only"),
        ("title: A small", "title: \x07 A small",
         "not YAML: line 2 holds a character that is no text; delete it"),
        ("title: A small study for tests", 'title: ""',
         "line 2, title: must not be empty (it is '')"),
        ("text: event", 'text: ""',
         "line 26, dose_limiting.rules.0.text: must not be empty (it is '')"),
        ("related: [POSSIBLE]", "related: []",
         "line 21, attribution.related: List should have at least 1 item after validation, not 0"),
        ("{record: dose", "{record: subject",
         "line 10, feed sdtm: exactly one domain has the record subject (DM); here: DM, EX"),
        ("{record: subject", "{record: dose",
         "line 10, feed sdtm: exactly one domain has the record subject (DM); here: none"),
        ("      EX: {", "      ex: {",
         ("line 11, feeds.0.domains.ex.[key]: String should match pattern '^[A-Z][A-Z0-9]{1,7}$'; "
         "write the SDTM domain in capital letters, e.g. EC or SUPPAE (it is 'ex')")),
        ("LBDTC]", "LBDTC], columns: {FOO: BAR}",
         f"line 13, LB: columns names FOO, which is no field; {OF_LB}"),
        ("LBDTC]", "LBDTC], columns: {VISITNUMB: BAR}",
         "line 13, LB: columns names VISITNUMB, which is no field; did you mean VISITNUM?"),
        ("LBDTC]", "LBDTC], constants: {KEY: X}",
         f"line 13, LB: constants names KEY, which is no field; {OF_LB}"),
        ("LBDTC]", 'LBDTC], columns: {USUBJID: ""}',
         "line 13, LB: USUBJID says whose a row is; name the column that holds it"),
        ("LBDTC]", "LBDTC], constants: {USUBJID: X}",
         "line 13, LB: USUBJID says whose a row is; name the column that holds it"),
    ],
)  # fmt: skip
def test_a_setting_that_can_only_be_wrong(tmp_path, old, new, problem) -> None:
    assert _problems(tmp_path, _changed(SMALL, old, new)) == [problem]


@pytest.mark.parametrize("name", ["DAY ONE", "C {cycle D1", "{cycle} {cycle}", "{cycle} {0}"])
def test_a_visit_names_its_cycle_once(tmp_path, name) -> None:
    text = _changed(TREATED, "CYCLE {cycle} DAY 1", name)
    assert _problems(tmp_path, text) == [
        f"line 32, treatment.cycle_start_visit: {BRACES} (it is {name!r})"
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("length: 21d", "length: 0d", f"line 31, treatment.cycle_length: {DAYS} (it is '0d')"),
        ("length: 21d", "length: 20h", f"line 31, treatment.cycle_length: {DAYS} (it is '20h')"),
        ("length: 21d", "length: 3651d",
         f"line 31, treatment.cycle_length: more than 3650 days: {LONG} (it is '3651d')"),
        ("D10-D14", "D10-D22",
         "line 31, treatment: drug tmz: the schedule goes to day 22, but a cycle has 21 days"),
        ("D10-D14", "C2D10-C2D14",
         ("line 36, treatment.drugs.tmz.schedule: a schedule holds in every cycle; write days "
         "without C2")),
        ("D10-D14", "D1-D99999999999",
         ("line 36, treatment.drugs.tmz.schedule.days: more than 3650 days of a cycle: "
         f"{LONG} (it is 'D1-D99999999999')")),
        ("start: 13", "start: 9",
         ("line 36, treatment.drugs.tmz.schedule: latest_start 9 lies before the course begins on "
         "day 10; write 10 or later")),
        ("start: 13", "start: -1",
         ("line 36, treatment.drugs.tmz.schedule.latest_start: Input should be greater than or "
         "equal to 1 (it is -1)")),
        ("[200, 150]", "[.inf, 150]",
         ("line 36, treatment.drugs.tmz.steps.0: Input should be a valid number, unable to parse "
         "string as a number (it is '.inf')")),
        ("[200, 150]", "[true]",
         ("line 36, treatment.drugs.tmz.steps.0: a number is expected, not true or false "
         "(it is True)")),
        ("[TMZ]", "[TMZ], attribution: ''",
         "line 36, treatment.drugs.tmz.attribution: must not be empty (it is '')"),
        ("samples: D8-D10", "samples: D14-D15",
         ("line 48, gate G1: samples of D14-D15 come after the course of tmz, which begins on "
         "day 13 at the latest")),
    ],
)  # fmt: skip
def test_a_treatment_that_can_only_be_wrong(tmp_path, old, new, problem) -> None:
    assert _problems(tmp_path, _changed(TREATED, old, new)) == [problem]


def test_a_condition_that_is_nested_too_deeply(tmp_path) -> None:
    deep = "{any: [" * 25 + "{death: true}" + "]}" * 25
    assert _problems(tmp_path, _with_rules(f"id: R1, when: {deep}")) == [
        "not YAML: line 26: nested too deeply; split the condition"
    ]


def test_a_gate_of_an_unknown_drug_is_one_problem(tmp_path) -> None:
    text = _changed(TREATED, "before: course, drugs: [tmz]", "before: course, drugs: [s1]")
    assert _problems(tmp_path, text) == [
        "line 46, gate G1: s1 is no drug of the treatment; known: tmz"
    ]


def test_two_drugs_of_one_name(tmp_path) -> None:
    second = (
        "    s1: {names: [tmz], schedule: {days: D1, frequency: QD}, steps: [40], citation: x}\n"
    )
    text = _changed(TREATED, "  levels:", second + "  levels:")
    assert _problems(tmp_path, _changed(text, "{fixed: 200}", "{fixed: 200}, s1: {fixed: 40}")) == [
        "line 31, treatment: TMZ is the name of two drugs; a dose must be of one"
    ]


CBC = "surveillance: [{id: CBC, text: x, tests: [NEUT], windows: [%s], at_least: %d}]"
ENOUGH = 'evaluability: {minimum_dose: "%s", assessments: [], citation: test}'
PAUSE = "pause: [{id: P1, text: x, %s, citation: test}]"


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        (CBC % ("C1D2-C1D4", 4),
         "assessment CBC: C1D2-C1D4 has 3 days, so at_least 4 can never be done; write 3 or fewer"),
        (CBC % ("C0D1", 1),
         "dose_limiting.surveillance.0.windows.0: cycles count from 1 (it is 'C0D1')"),
        (CBC % ("C366D1", 1),
         f"dose_limiting.surveillance.0.windows.0: more than 365 cycles: {LONG} (it is 'C366D1')"),
        (ENOUGH % ">=101%",
         "dose_limiting.evaluability.minimum_dose: a share is at most 100% (it is '>=101%')"),
        (ENOUGH % ">100%",
         ("dose_limiting.evaluability.minimum_dose: nobody takes more than was planned; write it "
         "as >=75% (it is '>100%')")),
        (ENOUGH % "<=75%",
         ("dose_limiting.evaluability.minimum_dose: minimum_dose is a least share; write it as "
         ">=75% (it is '<=75%')")),
        (PAUSE % "dlts: 3, in_first: 2",
         ("dose_limiting.pause.0: pause P1: 3 DLTs cannot be among the first 2; write in_first as "
         "large as dlts or larger")),
        (PAUSE % "eliminated_at: L1, boundary: {3: 4}",
         ("dose_limiting.pause.0: pause P1: 4 DLTs of 3 subjects cannot be; boundary is written "
         "{subjects: DLTs}")),
        (PAUSE % "eliminated_at: L1, boundary: {-3: 3}",
         ("dose_limiting.pause.0.boundary.-3.[key]: Input should be greater than or equal to 1 "
         "(it is -3)")),
        ("reconcile_within: 999999999d",
         f"dose_limiting.reconcile_within: more than 3650 days: {LONG} (it is '999999999d')"),
    ],
)  # fmt: skip
def test_a_part_that_can_only_be_wrong(tmp_path, part, problem) -> None:
    text = _changed(SMALL, "dose_limiting:\n", f"dose_limiting:\n  {part}\n")
    assert _problems(tmp_path, text) == [f"line 24, {problem}"]
