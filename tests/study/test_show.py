"""A study in words: literal sentences, made from the typed rules."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from safety.study.conditions import Condition
from safety.study.show import show
from safety.study.words.conditions import Speaker
from tests.study import samples
from tests.study.samples import modification, row, rule, study, treatment, trial

CONDITION: TypeAdapter[Any] = TypeAdapter(Condition)


def _say(when: dict[str, Any]) -> str:
    return Speaker(trial().terms).say(CONDITION.validate_python(when))


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({"toxicity": "neutropenia", "grade": 4, "lasting": ">=7d"},
         "neutropenia of grade 4 for 7 days or longer"),
        ({"toxicity": "neutropenia", "grade": 4, "lasting": ">5d"},
         "neutropenia of grade 4 for more than 5 days"),
        ({"toxicity": ["neutropenia", "anemia"], "grade": "2-3"},
         "neutropenia or anemia of grade 2 or 3"),
        ({"toxicity": "any", "except": ["alopecia", "fever"], "grade": ">=3"},
         "any toxicity, except alopecia and fever, of grade 3 or worse"),
        ({"toxicity": "any", "source": "reported", "serious": "yes"},
         "any serious reported toxicity of any grade"),
        ({"toxicity": "Nausea", "grade": "<=1"}, "Nausea of grade 1 or lower"),
        ({"toxicity": "nausea_vomiting_diarrhea", "grade": 3,
          "resolving": {"to": "<=2", "within": "72h"}},
         "nausea, vomiting or diarrhea of grade 3 improving to grade 2 or lower within 72 hours"),
        ({"toxicity": "liver_enzymes", "grade": 3, "without": [{"rule": "L1"}, {"rule": "L2"}],
          "resolving": {"to": "<=1", "or_baseline": True, "within": "1d"}},
         ("raised liver enzymes of grade 3 improving to grade 1 or lower or the baseline grade "
         "within 1 day, unless rule L1 or L2 holds")),
        ({"toxicity": "hypertension", "grade": 3, "treated_with": "antihypertensive",
          "without": [{"toxicity": "pres"}]},
         ("hypertension of grade 3, treated with ANTIHYPERTENSIVE until it resolved, without "
         "posterior reversible encephalopathy of any grade at the same time")),
        ({"toxicity": "lipids", "grade": 3, "symptomatic": "no"},
         "high triglycerides or cholesterol of grade 3, without symptoms"),
        ({"value": "ALT|AST > 3 x ULN", "up_to": "<= 5 x ULN", "lasting": ">7d"},
         "ALT or AST above 3 x ULN and at most 5 x ULN for more than 7 days"),
        ({"value": "ALT > 3 x ULN", "if_baseline_abnormal": "> 3 x baseline"},
         "ALT above 3 x ULN (from an abnormal baseline: above 3 x baseline)"),
        ({"value": "PROT/URINE >= 2 {plus}"}, "urine protein at least 2 plus (dipstick)"),
        ({"value": "DIABP < 90 mm[Hg]"}, "diastolic blood pressure below 90 mmHg"),
        ({"medication": "g-csf"}, "medication G-CSF"),
        ({"procedure": "platelet transfusion"}, "the procedure PLATELET TRANSFUSION"),
        ({"cycle_delay": ">14d"},
         "cycle 2 starts late by more than 14 days because of related toxicity"),
        ({"dose_missed": ">=25%"},
         ("at least 25% of the planned dose of any drug in cycle 1 is missed because of related "
         "toxicity")),
        ({"dose_missed": ">30%", "drugs": ["s1"], "cycle": 2},
         "above 30% of the planned dose of s1 in cycle 2 is missed because of related toxicity"),
        ({"death": True},
         "death that is not clearly due to progression or another documented cause"),
        ({"declared": True}, "a toxicity that the committee declared dose-limiting and signed"),
        ({"any": [{"rule": "H1"}, {"rule": "N1"}, {"rule": "T2"}]}, "rule H1, N1 or T2"),
        ({"all": [{"toxicity": "diarrhea", "grade": ">=3"}, {"toxicity": "fever"}]},
         "diarrhea of grade 3 or worse and fever of any grade, overlapping"),
        ({"all": [{"value": "NEUT < 1 10*9/L"},
                  {"any": [{"value": "TEMP > 38.3 Cel"}, {"toxicity": "fever"}]}],
          "within": "24h"},
         ("neutrophils below 1 x 10^9/L and (temperature above 38.3 °C or fever of any grade), "
         "within 24 hours of each other")),
        ({"all": [{"value": "ALT|AST > 8 x ULN"}, {"history": "metastases to liver"},
                  {"at_baseline": "ALT >= 2.5 x ULN", "up_to": "<= 5 x ULN"}]},
         ("ALT or AST above 8 x ULN, in a subject with a history of METASTASES TO LIVER and ALT at "
         "least 2.5 x ULN and at most 5 x ULN at baseline")),
        ({"hys_law": True, "within": "7d"},
         ("ALT or AST above 3 x ULN and bilirubin above 2 x ULN within 7 days of each other, with "
         "ALP below 2 x ULN (from a baseline above ULN also above 3 x baseline and above 2 x "
         "baseline)")),
    ],
)  # fmt: skip
def test_a_condition_in_words(when, words) -> None:
    assert _say(when) == words


def test_what_is_no_condition_has_no_words() -> None:
    with pytest.raises(TypeError, match="str is no condition"):
        Speaker({}).say("neutropenia")


def _lines(text: str, rule_id: str) -> list[str]:
    """Return what stands under a rule, up to the next one."""
    lines = text.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"- **{rule_id}** "))
    rest = lines[start + 1 :]
    end = next((n for n, line in enumerate(rest) if not line.startswith("  ")), len(rest))
    return [lines[start], *rest[:end]]


@pytest.mark.parametrize(
    ("rule_id", "lines"),
    [
        ("H1", ["- **H1** Neutrophils below 0.5 for 7 days or longer",
                "  Neutropenia of grade 4 or worse for 7 days or longer.",
                "  Silence counts only if CBC was done.",
                "  Source: Default protocol configuration 3.2, H1."]),
        ("T1", ["- **T1** Cycle 2 delayed for more than 14 days",
                "  Cycle 2 starts late by more than 14 days because of related toxicity.",
                "  Counts whenever it begins, whatever its cause and whatever the baseline.",
                "  Source: Default protocol configuration 3.2, T1."]),
        ("N1", ["- **N1** Any other toxicity of grade 3 or worse",
                ("  Any toxicity, except low blood counts and febrile neutropenia, of grade 3 or "
                "worse."),
                "  Unless E1, E2, E3, E4, E5, E6, E7, E8, E9 or H7 applies.",
                "  Silence counts only if CHEM, BP and URINE were done.",
                "  Source: Default protocol configuration 3.2, N1."]),
        ("S9", ["- **S9** Protein of 2 g a day or more",
                "  Urine protein at least 2 g a day.",
                "  Whatever its cause: hold.",
                ("  Resume with urine protein below 1 g a day, one step lower; discontinue if not "
                "within 28 days."),
                "  Source: by analogy with the fruquintinib label (M)."]),
        ("S13", ["- **S13** Diarrhea, hand-foot syndrome or stomatitis of grade 3",
                 "  Diarrhea, stomatitis or hand-foot syndrome of grade 3.",
                 "  If related to surufatinib: hold.",
                 ("  Resume at grade 1 or lower, one step lower (the first time, recovered within "
                 "7 days: the same dose); discontinue if not within 28 days."),
                 "  Advice: Supportive care.",
                 "  Source: by analogy with similar labels (M)."]),
        ("F8", ["- **F8** Interstitial lung disease of any grade",
                "  Interstitial lung disease of any grade.",
                "  If related to s1: discontinue.",
                "  Source: expert choice (M)."]),
        ("D10", [("- **D10** First day of temozolomide in a cycle: before a course of temozolomide "
                 "begins"),
                 "  - Neutrophils: neutrophils at least 1.5 x 10^9/L",
                 "  - Platelets: platelets at least 100 x 10^9/L",
                 ("  Samples of days 8-10 of the cycle. Check again every 3 days. Longest delay 3 "
                 "days."),
                 "  If it stays shut: Omit temozolomide in this cycle; S-1 goes on.",
                 ("  Source: Temozolomide label, withhold until recovery (H); start by day 13 "
                 "(L).")]),
    ],
)  # fmt: skip
def test_a_rule_of_the_trial_in_words(rule_id, lines) -> None:
    assert _lines(show(trial()), rule_id) == lines


def test_every_occurrence_has_words() -> None:
    words = {
        "first": "the first time",
        "again": "when it comes again",
        "same_again": "when the same term comes again",
    }
    for occurrence, said in words.items():
        made = study(
            treatment=treatment(),
            modification=modification(row({"toxicity": "any"}, occurrence=occurrence)),
        )
        line = f"  If related to tmz, {said}: go on at a lower dose."
        assert line in show(made).splitlines()


def test_sections_of_the_trial() -> None:
    text = show(trial())
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == [
        "Treatment and dose levels", "DLT window", "Dose-limiting toxicity",
        "Required assessments", "Evaluability", "Immediate pause of enrolment",
        "The next dose", "Stopping for toxicity",
        "Dose modification", "Dose modification: surufatinib",
        "Dose modification: temozolomide", "Dose modification: s1", "Gates",
        "Attribution by default", "Groups of CTCAE terms",
        "Reports about serious adverse events", "Checks on the data, where they differ",
    ]  # fmt: skip
    for sentence in (
        (
            "| L2 | 250 mg | 250 mg | 40 mg below 1.25 m2, 50 mg below 1.5 m2, else 60 mg; "
            "clearance below 30 mL/min: not given; clearance below 50 mL/min: 1 lower |  |"
        ),
        (
            "Days 1 to 21; day 1 is that of the first dose. While the next cycle is delayed for "
            "toxicity: to day 36."
        ),
        (
            "- **CBC** Blood count in each of weeks 1 to 3: neutrophils, platelets and "
            "hemoglobin once in each of days 2-7, 8-14 and 15-21 of cycle 1, or 1 day later."
        ),
        (
            "Of the rules that fire for a drug the most conservative wins: discontinue, "
            "hold, go on at a lower dose, go on."
        ),
        "- nausea or vomiting on days 10-15 of a cycle: temozolomide",
    ):
        assert sentence in text.splitlines()


def test_every_rule_of_every_file_has_its_words() -> None:
    for made in (trial(), study()):
        text = show(made)
        rules = [r.id for r in made.dose_limiting.rules]
        rows = [r.id for r in made.modification.rules] if made.modification else []
        assert all(f"- **{name}** " in text for name in rules + rows)


def test_a_changed_number_changes_the_sentence() -> None:
    text = samples.FOLDER.joinpath("nct06038461.yaml").read_text(encoding="utf-8")
    assert 'when: {cycle_delay: ">14d", cycle: 2}' in text
    made = study(rule({"cycle_delay": ">21d"}, text="Cycle 2 delayed"))
    assert "  Cycle 2 starts late by more than 21 days because of related toxicity." in show(made)


def test_what_a_study_does_not_have_is_said() -> None:
    text = show(study())
    assert "## Treatment and dose levels\n\nThe study file has none.\n" in text
    assert "## Dose modification\n\nThe study file has none.\n" in text


def test_versions_and_rules_not_in_use_are_told() -> None:
    old = rule({"death": True}, effective_until="2024-05-31")
    new = rule({"death": True}, effective_from="2024-06-01", version=2)
    off = modification(row({"death": True}, active=False))
    text = show(study(old, new, treatment=treatment(), modification=off))
    assert "- **R1** a rule (first dose until 2024-05-31)\n" in text
    assert "- **R1** a rule (first dose from 2024-06-01)\n" in text
    assert "- **M1** a row (not in use)\n" in text


def test_what_a_study_says_of_checks() -> None:
    own = {"id": "ZZ-001", "record": "adverse_event", "title": "Outcome is known",
           "severity": "info", "handling": "warn", "citation": "protocol 8"}  # fmt: skip
    checks = {
        "off": [{"id": "ME-014", "reason": "no limits"}],
        "changed": [{"id": "AE-010", "severity": "info", "handling": "warn", "reason": "late"}],
        "parameters": {"screening_days": 14},
        "added": [
            own | {"field": "AEOUT", "not_in": ["UNKNOWN"], "when": {"AESER": ["Y"]}},
            own | {"id": "ZZ-002", "field": "AESEQ", "between": {"min": 1, "max": 99.5}},
            own | {"id": "ZZ-003", "field": "AEOUT", "present": True},
            own | {"id": "ZZ-004", "field": "ENDTC", "not_before": "STDTC"},
        ],
    }
    told = show(study(checks=checks)).split("## Checks on the data, where they differ\n\n")[1]
    head = "(info, warn): Outcome is known. Adverse event"
    assert told.splitlines() == [
        "- **ME-014** is switched off: no limits.",
        "- **AE-010** is info and warn: late.",
        "- `screening_days` is 14.",
        f"- **ZZ-001** {head}, where AESER is Y, AEOUT is none of UNKNOWN. [protocol 8]",
        f"- **ZZ-002** {head}, AESEQ is at least 1 and at most 99.5. [protocol 8]",
        f"- **ZZ-003** {head}, AEOUT is not missing. [protocol 8]",
        f"- **ZZ-004** {head}, ENDTC is not before STDTC. [protocol 8]",
    ]
