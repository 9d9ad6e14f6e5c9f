"""What names a person or could be run in a text, and where it is masked."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from expectations.check import Finding
from safety.assess import held
from safety.intake import masking
from safety.intake.beside import with_beside
from safety.intake.identifiers import identifiers, mask, unsafe
from safety.intake.quarantine import split
from safety.intake.records import Intake
from tests import build, trial
from tests.build import event, measurement, subject


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("rash 13812345678", "rash [phone number]"),
        ("+86 138 1234 5678 called", "[phone number] called"),
        ("138-1234-5678", "[phone number]"),
        ("１３８１２３４５６７８", "[phone number]"),
        ("tel: 010-5551234", "tel: [phone number]"),
        ("id 11010519491231002X", "id [resident id]"),
        ("ask a.b@c.cn", "ask [e-mail address]"),
        ("姓名：张伟 呕吐", "姓名：[name] 呕吐"),
        ("患者张伟 恶心", "患者[name] 恶心"),
        ("patient name: Li Wei, rash", "patient name: [name], rash"),
        ("Mr. Smith fell", "Mr. [name] fell"),
        ("头痛, 住院号 0000123 李四", "头痛, 住院号 [record number] [name]"),
        ("MRN: A-12345 nausea", "MRN: [record number] nausea"),
        ("call 0755-12345678", "call [phone number]"),
    ],
)
def test_what_names_a_person_is_masked(text: str, masked: str) -> None:
    assert mask(text) == masked
    assert identifiers(masked) == ()


@pytest.mark.parametrize(
    "text",
    ["患者恶心", "患者高热", "患者曾呕吐", "patient had Fever", "ALT 1234567890123",
     "on 2024-03-05T10:00", "Neutrophil count decreased", "grade 3 for 13 days",
     "patient number 3 vomited", "住院期间发热", "0755-123"],
)  # fmt: skip
def test_clinical_words_are_left(text: str) -> None:
    assert (mask(text), identifiers(text)) == (text, ())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("=cmd|x", "a formula"), ("@SUM(A1)", "a formula"), ("<b>flu</b>", "HTML"),
        ("a\x00b", "a control character"), ("+++", ""), ("-3 kg", ""), ("ANC <LLN, PLT >ULN", ""),
    ],
)  # fmt: skip
def test_what_could_be_run(text: str, said: str) -> None:
    assert unsafe(text) == said


def test_stored_text_and_the_raw_row_are_masked() -> None:
    text = "rash, 13812345678"
    rows = [event("1", AETERM=text), event("2")]
    given = [trial.intake("DM", subject()), trial.intake("AE", *rows)]
    found = with_beside(given, trial.study())[1]
    assert found.records["AETERM"].tolist() == ["rash, [phone number]", "sick"]
    assert found.raw["AETERM"].tolist() == ["rash, [phone number]", "sick"]
    assert found.records["IDENTIFIER"].tolist() == ["masked: holds a phone number", ""]
    assert given[1].raw["AETERM"].tolist()[0] == "rash, 13812345678"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("患者王小明诉发热", "患者[name]诉发热"),
        ("患者王明主诉发热", "患者[name]主诉发热"),
        ("患者李雷出现皮疹", "患者[name]出现皮疹"),
        ("患者张伟于3月5日", "患者[name]于3月5日"),
        ("call 555-123-4567", "call [phone number]"),
        ("(555) 123-4567", "[phone number]"),
        ("(021) 6234-5678", "[phone number]"),
        ("（021）62345678", "[phone number]"),
        ("138.1234.5678", "[phone number]"),
        ("tel.13812345678", "tel.[phone number]"),
        *(
            (f"138{chr(dash)}1234{chr(dash)}5678", "[phone number]")
            for dash in range(0x2010, 0x2016)
        ),
        ("138\u22121234\u22125678", "[phone number]"),
        ("Mr White fell", "Mr [name] fell"),
        ("Dr Smith Febrile Neutropenia", "Dr [name] Febrile Neutropenia"),
        ("patient name: Li Wei, Rash", "patient name: [name], Rash"),
        ("pt Zhang Nausea", "pt [name] Nausea"),
        ("Patient Wang Xiaoming", "Patient [name]"),
        ("4 (Dr Zhang, 13812345678)", "4 (Dr [name], [phone number])"),
    ],
)
def test_more_that_names_a_person_is_masked(text: str, masked: str) -> None:
    assert mask(text) == masked
    assert identifiers(masked) == ()


@pytest.mark.parametrize(
    "text",
    [
        "患者陆续出现皮疹", "患者夏季出现皮疹", "患者苏醒后出现呕吐", "患者张口时出现疼痛",
        "患者莫名出现头晕", "0.13812345678", "subject 701-203-1001", "101-001-0001", "01-701-1015",
        "Patient Febrile Neutropenia", "Patient: Febrile neutropenia", "Dr Febrile Neutropenia",
        "Term name: Febrile Neutropenia", "Subject Platelet Count", "Patient Platelets Decreased",
        "Patient Diarrhoea Vomiting", "Patient Severe Anaemia", "Patient Withdrew Consent",
        "Patient Lost To Follow Up", "2024-03-10 2024-03-11",
    ],
)  # fmt: skip
def test_terms_and_what_a_trial_says_are_left(text: str) -> None:
    assert (mask(text), identifiers(text)) == (text, ())


LONG = 100_000


@pytest.mark.parametrize(
    ("text", "kinds", "danger"),
    [
        ("a" * LONG, (), ""),
        ("<a b=" + " " * LONG, (), ""),
        ("<a b=" + " " * LONG + ">", (), "HTML"),
        ("<a b=" * (LONG // 5), (), ""),
        ("<" * LONG, (), ""),
        ("a@" * (LONG // 2), (), ""),
        ("住院号" + " " * LONG, (), ""),
        ("住院号" + "a" * LONG, (), ""),
        ("姓名" + " " * LONG, (), ""),
        ("patient name" + " " * LONG, (), ""),
        ("Patient A" + "a" * LONG, (), ""),
        ("1 " * (LONG // 2), (), ""),
        ("13812345678 " * (LONG // 12), ("phone number",), ""),
    ],
    ids=lambda value: value[:6] if isinstance(value, str) else None,
)
def test_a_long_text_is_judged(text: str, kinds: tuple[str, ...], danger: str) -> None:
    assert (identifiers(text), unsafe(text)) == (kinds, danger)


def test_a_long_text_of_identifiers_is_masked() -> None:
    assert mask("13812345678 " * 8000) == "[phone number] " * 8000


def _compared(domain: str, *rows: dict) -> Intake:
    given = [build.intake("DM", subject()), build.intake(domain, *rows)]
    return with_beside(given, build.study())[1]


def _held(intake: Intake) -> pd.DataFrame:
    rows = tuple(intake.records.index)
    rejected = Finding("X", "D", "f", "fail", "critical", "reject", "T", "fault 1", 9, rows)
    return split(intake, [rejected])[1]


def test_columns_that_no_field_is_read_from_are_masked_in_quarantine() -> None:
    comment = "Patient name: Zhang Wei, tel 13812345678"
    rows = [measurement(LBCOM=comment, LBREFID="13812345678"), measurement("AST", LBCOM="clotted")]
    found = _held(_compared("LB", *rows))
    raws = [json.loads(raw) for raw in found["RAW"]]
    assert [raw["LBCOM"] for raw in raws] == [
        "Patient name: [name], tel [phone number]", "clotted"
    ]  # fmt: skip
    assert raws[0]["LBREFID"] == "13812345678"  # a number of the trial's own
    assert raws[0]["LBDTC"] == "2024-03-10"


def test_columns_that_name_a_person_are_masked_whole() -> None:
    row = subject(BRTHDTC="1961-04-07", INITIALS="ZW", PATNAME="Wei Zhang", SITENAME="Beijing")
    found = with_beside([build.intake("DM", row, subject("S2"))], build.study())[0].raw
    assert found["BRTHDTC"].fillna("").tolist() == ["[masked]", ""]
    assert found["INITIALS"].fillna("").tolist() == ["[masked]", ""]
    assert found["PATNAME"].fillna("").tolist() == ["[masked]", ""]
    assert found["SITENAME"].fillna("").tolist() == ["Beijing", ""]


def test_a_kind_of_record_without_free_text_has_its_raw_rows_masked() -> None:
    found = with_beside([build.intake("DM", subject(DMCOM="call 13812345678"))], build.study())[0]
    assert found.raw["DMCOM"].tolist() == ["call [phone number]"]


def test_a_unit_that_names_a_person_is_masked_in_the_alarm() -> None:
    row = measurement("NEUT", "0.3", "call 13812345678", LBORNRLO="1.8", LBORNRHI="6.3")
    compared = _compared("LB", row)
    assert compared.records["IDENTIFIER"].tolist() == ["masked: holds a phone number"]
    found = _held(compared)
    assert json.loads(found["RAW"].iloc[0])["LBORRESU"] == "call [phone number]"
    alarm = held.measurements(found, compared.records.iloc[:0], build.study())
    assert alarm[["GRADES", "VALUE"]].to_numpy().tolist() == [["4", "0.3 call [phone number]"]]


def test_a_masked_grade_may_still_be_any() -> None:
    row = event("1", "4 (Dr Zhang, 13812345678)", AESEV="severe, Dr Zhang")
    compared = _compared("AE", row)
    assert compared.records["IDENTIFIER"].tolist() == ["masked: holds a name and a phone number"]
    alarm = held.events(_held(compared), build.study())
    assert alarm[["GRADES", "VALUE"]].to_numpy().tolist() == [
        ["1|2|3|4|5", "grade 4 (Dr [name], [phone number]), severity SEVERE, DR [NAME]"]
    ]


def test_codes_and_visits_are_left() -> None:
    frame = _compared("AE", event("1", "4", AESEV="Severe")).records
    assert frame[["AETOXGR", "AESEV", "IDENTIFIER"]].to_numpy().tolist() == [["4", "SEVERE", ""]]
    visits = ["Patient Follow Up", "Dr Zhang", "WEEK 1"]
    rows = [measurement(VISIT=v, VISITNUM=str(n)) for n, v in enumerate(visits)]
    frame = _compared("LB", *rows).records
    assert frame["VISIT"].tolist() == ["Patient Follow Up", "Dr [name]", "WEEK 1"]
    assert frame["IDENTIFIER"].tolist() == ["", "masked: holds a name", ""]


def test_numbers_and_dates_are_not_looked_at() -> None:
    cells = pd.Series(["1.5", "2024-03-10T08:00", "SERUM", "<5", None, "Dr Li", "13812345678"])
    assert list(masking._open(cells)) == ["Dr Li", "13812345678"]
