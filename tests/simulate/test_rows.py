"""Rows of SDTM in versions, from the trial made by hand."""

from dataclasses import replace
from pathlib import Path

import pytest

from safety.simulate import sdtm
from safety.simulate.sdtm.columns import COLUMNS, LABELS
from safety.simulate.sdtm.row import Source
from safety.simulate.sdtm.samples import measured
from safety.study.load import load
from tests.simulate.made import blood, made, name

STUDY = load(Path("studies/nct06038461.yaml"))
ROWS = sdtm.rows(made(), STUDY)


def versions(row):
    return [v for v in ROWS if v.row == row]


def told(row, *names):
    """(known, values of the named columns) of each version."""
    return [(v.known, *(v.values[n] for n in names)) for v in versions(row)]


def test_every_row_has_every_column_the_study_and_its_subject():
    for v in ROWS:
        assert list(v.values) == list(COLUMNS[v.domain])
        assert v.values["STUDYID"] == "SIM-NCT06038461"
        assert v.values["USUBJID"] == v.row.split("|")[1]
        head = "RDOMAIN" if v.domain == "SUPPAE" else "DOMAIN"
        assert v.values[head] == {"SUPPAE": "AE"}.get(v.domain, v.domain)


def test_a_version_stands_once():
    assert len({(v.row, v.known) for v in ROWS}) == len(ROWS)


def test_all_domains_have_rows():
    assert {v.domain for v in ROWS} == set(COLUMNS) == set(LABELS)


def test_labels_and_names_fit_a_transport_file():
    for columns in COLUMNS.values():
        assert all(len(n) <= 8 for n in columns)
        assert all(len(label) <= 40 for label in columns.values())


def test_demographics_gain_the_first_dose_and_the_death():
    assert told(f"DM|{name('003')}", "ARMCD", "RFICDTC", "RFSTDTC", "DTHFL", "DTHDTC") == [
        (18, "L2", "2024-03-21", "", "", ""),
        (20, "L2", "2024-03-21", "2024-03-24", "", ""),
        (40, "L2", "2024-03-21", "2024-03-24", "Y", "2024-04-11"),
    ]


def test_a_death_nobody_knows_of_is_not_in_the_data():
    unknown = replace(made(), subjects=(replace(made().subjects[2], death_known=None),))
    rows = sdtm.rows(unknown, STUDY)
    assert [v.values["DTHFL"] for v in rows if v.domain == "DM"] == ["", ""]


def test_a_dose_of_both_intakes():
    assert told(f"EC|{name('002')}|S1-2024-03-10", "ECTRT", "ECDOSE", "ECDOSFRQ", "ECOCCUR") == [
        (6, "S-1", "60", "BID", "Y")
    ]


def test_half_a_day_is_a_row_taken_and_a_row_not_taken():
    row = f"EC|{name('002')}|S1-2024-03-13"
    columns = ("ECSPID", "ECDOSFRQ", "ECOCCUR", "ECREASOC", "ECSTDTC", "ECENDTC")
    day = ("2024-03-13", "2024-03-13")
    assert told(row, *columns) == [(9, "S1-2024-03-13", "QD", "Y", "", *day)]
    assert told(f"{row}-N", *columns) == [(9, "S1-2024-03-13-N", "QD", "N", "DRUG LOST", *day)]


def test_a_day_not_taken_is_one_row_with_what_was_due():
    row = f"EC|{name('002')}|SURUFATINIB-2024-03-12"
    assert told(row, "ECDOSE", "ECDOSFRQ", "ECOCCUR", "ECREASOC") == [
        (11, "250", "QD", "N", "HOLIDAY")
    ]


def test_a_part_that_was_taken_after_all_is_deleted():
    trial = made()
    half = next(d for d in trial.subjects[1].doses if d.reason == "DRUG LOST")
    whole = replace(half, known=12, taken=2, reason="")
    subject = replace(trial.subjects[1], doses=(half, whole))
    rows = [v for v in sdtm.rows(replace(trial, subjects=(subject,)), STUDY) if v.domain == "EC"]
    assert [(v.row[-2:], v.known, v.values["ECDOSFRQ"], v.deleted) for v in rows] == [
        ("13", 9, "QD", False), ("-N", 9, "QD", False),
        ("13", 12, "BID", False), ("-N", 12, "QD", True),
    ]  # fmt: skip


def test_a_result_with_its_unit_range_and_times():
    values = versions(f"LB|{name('001')}|S0004|NEUT")[0].values
    assert {k: values[k] for k in list(values)[3:]} == {
        "LBREFID": "S0004", "LBTESTCD": "NEUT", "LBTEST": "中性粒细胞", "LBSPEC": "BLOOD",
        "LBMETHOD": "", "LBORRES": "0.9", "LBORRESU": "10^9/L", "LBORNRLO": "1.8",
        "LBORNRHI": "6.3", "LBSTAT": "", "VISIT": "CYCLE 1 DAY 15",
        "LBDTC": "2024-03-20T08:30", "LBRESSTA": "F", "LBUPDTC": "2024-03-21T20:00:00",
    }  # fmt: skip


def test_where_the_analyser_stops_it_says_so():
    assert told(f"LB|{name('001')}|S0005|NEUT", "LBORRES") == [(19, "<0.5")]


def test_a_result_that_comes_again_is_corrected():
    row = f"LB|{name('001')}|S0006|NEUT"
    assert told(row, "LBORRES", "LBRESSTA", "LBUPDTC") == [
        (27, "0.6", "F", "2024-03-31T20:00:00"),
        (29, "0.4", "C", "2024-04-02T20:00:00"),
    ]


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("S0002", ("1+", "", "URINE", "DIPSTICK")),
        ("S0003", ("0.4", "g/day", "URINE", "24 HOUR")),
    ],
)
def test_protein_in_urine(sample, expected):
    row = f"LB|{name('001')}|{sample}|PROT"
    assert told(row, "LBORRES", "LBORRESU", "LBSPEC", "LBMETHOD")[0][1:] == expected


def test_a_dipstick_without_protein_is_negative():
    subject = made().subjects[0]
    clean = replace(subject.curves["PROTDIP"], values=(0.0,) * 45)
    subject = replace(subject, curves={**subject.curves, "PROTDIP": clean})
    rows = sdtm.rows(replace(made(), subjects=(subject,)), STUDY)
    dipsticks = [v.values for v in rows if v.values.get("LBMETHOD") == "DIPSTICK"]
    assert [v["LBORRES"] for v in dipsticks] == ["NEGATIVE"]


def test_vital_signs():
    assert told(f"VS|{name('001')}|7", "VSTESTCD", "VSSEQ", "VSORRES", "VSORRESU", "VSDTC") == [
        (19, "TEMP", "7", "38.9", "C", "2024-03-23T08:10")
    ]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (f"LB|{name('001')}|S0004|NEUT", ("NEUT", "2024-03-20")),
        (f"LB|{name('001')}|S0003|PROT", ("PROT24", "2024-03-20")),
        (f"VS|{name('001')}|7", ("TEMP", "2024-03-23")),
        (f"DM|{name('001')}", ("", "")),
    ],
)
def test_which_test_and_day_a_row_is(row, expected):
    values = versions(row)[0].values
    assert measured(values) == expected
    if "LBORRES" in values:
        assert measured({**values, "LBORRES": ""}) == ("", "")


def test_a_change_of_grade_is_another_row_of_the_group():
    columns = ("AEGRPID", "AEDECOD", "AETOXGR", "AESTDTC", "AEENDTC", "AECTCV", "AESER")
    term = "Neutrophil count decreased"
    assert told(f"AE|{name('001')}|1", *columns) == [
        (19, "1", term, "3", "2024-03-20", "", "5.0", "N"),
        (23, "1", term, "3", "2024-03-20", "2024-03-21", "5.0", "N"),
    ]
    assert told(f"AE|{name('001')}|2", *columns)[-1] == (
        30, "1", term, "4", "2024-03-22", "2024-03-30", "5.0", "N",
    )  # fmt: skip


def test_what_is_serious():
    columns = ("AESER", "AESHOSP", "AESDTH", "AESLIFE")
    assert told(f"AE|{name('001')}|3", *columns)[0] == (20, "Y", "Y", "", "")


def test_grade_5_results_in_death():
    trial = made()
    fatal = replace(trial.subjects[0].reports[-1], grade=5, serious=(), outcome="FATAL")
    subject = replace(trial.subjects[0], reports=(fatal,))
    rows = sdtm.rows(replace(trial, subjects=(subject,)), STUDY)
    event = next(v.values for v in rows if v.domain == "AE")
    assert (event["AESER"], event["AESDTH"], event["AEOUT"]) == ("Y", "Y", "FATAL")


def test_the_strongest_causality_and_the_actions_of_all_drugs():
    assert told(f"AE|{name('001')}|1", "AEREL", "AEACN")[0] == (19, "PROBABLE", "MULTIPLE")
    assert told(f"AE|{name('002')}|1", "AEREL", "AEACN")[0] == (
        15, "DEFINITE", "DOSE NOT CHANGED",
    )  # fmt: skip


def test_causality_is_blank_where_that_of_a_drug_is_missing():
    assert told(f"AE|{name('001')}|3", "AEREL") == [(20, ""), (24, "PROBABLE")]
    trial = made()
    report = trial.subjects[0].reports[0]
    half = replace(report, related={**report.related, "s1": ""})
    subject = replace(trial.subjects[0], reports=(half,))
    rows = sdtm.rows(replace(trial, subjects=(subject,)), STUDY)
    assert [v.values["AEREL"] for v in rows if v.domain == "AE"] == [""]


def test_qualifiers_of_each_drug_have_the_names_of_the_study_file():
    found = {
        v.values["QNAM"]: v.values["QVAL"] for v in ROWS
        if v.row.startswith(f"SUPPAE|{name('001')}|AESEQ|1|") and v.known == 19
    }  # fmt: skip
    assert found == {
        "AERELSUR": "UNLIKELY", "AERELTMZ": "PROBABLE", "AERELS1": "POSSIBLE",
        "AEACNSUR": "DRUG INTERRUPTED", "AEACNTMZ": "DOSE NOT CHANGED",
        "AEACNS1": "DRUG INTERRUPTED", "AESYMP": "N",
    }  # fmt: skip


def test_a_missing_causality_is_a_qualifier_without_a_value():
    assert told(f"SUPPAE|{name('001')}|AESEQ|3|AERELTMZ", "QVAL", "IDVAR", "IDVARVAL") == [
        (20, "", "AESEQ", "3"), (24, "PROBABLE", "AESEQ", "3"),
    ]  # fmt: skip


def test_a_deleted_event_goes_with_its_qualifiers():
    assert [(v.known, v.deleted) for v in versions(f"AE|{name('002')}|2")] == [
        (16, False), (21, True)
    ]  # fmt: skip
    cause = versions(f"SUPPAE|{name('002')}|AESEQ|2|AEALTCS")
    assert [(v.known, v.values["QVAL"], v.deleted) for v in cause] == [
        (16, "EATEN TOO MUCH", False), (21, "EATEN TOO MUCH", True)
    ]  # fmt: skip


def test_every_second_event_is_written_in_chinese():
    trial = made()
    first = trial.subjects[0].reports[0]
    named = tuple(
        replace(first, row=f"AE|{name('001')}|{n}", seq=n, group=n, term=term, verbatim="as told")
        for n, term in enumerate(("Nausea", "Nausea", "Alopecia", "Alopecia"), 1)
    )
    subject = replace(trial.subjects[0], reports=named)
    rows = sdtm.rows(replace(trial, subjects=(subject,)), STUDY)
    terms = [v.values["AETERM"] for v in rows if v.domain == "AE"]
    assert terms == ["as told", "恶心", "as told", "as told"]


def test_the_rest():
    assert told(f"MH|{name('002')}|1", "MHDECOD", "MHSTDTC") == [
        (3, "METASTASES TO LIVER", "2023-12-07")
    ]
    assert not versions(f"MH|{name('001')}|1")
    assert told(f"CM|{name('001')}|1", "CMDECOD", "CMCAT", "CMINDC", "CMENDTC") == [
        (20, "G-CSF", "G-CSF", "NEUTROPENIA", ""),
        (25, "G-CSF", "G-CSF", "NEUTROPENIA", "2024-03-28"),
    ]
    assert told(f"PR|{name('001')}|1", "PRTRT", "PRSTDTC") == [
        (26, "PLATELET TRANSFUSION", "2024-03-29")
    ]
    assert told(f"DS|{name('003')}|1", "DSDECOD", "DSSTDTC") == [(40, "DEATH", "2024-04-11")]
    assert told(f"SV|{name('001')}|CYCLE 2 DAY 1|2024-04-03", "VISIT", "SVSTDTC") == [
        (30, "CYCLE 2 DAY 1", "2024-04-03")
    ]


def test_a_column_that_a_domain_does_not_have_is_refused():
    with pytest.raises(KeyError, match="DM has no column RFSTDT"):
        Source(made(), "X").version("DM", "DM|X", 0, {"RFSTDT": "2024-03-04"})


def test_samples_are_versioned_by_day_whatever_their_order():
    subject = made().subjects[0]
    subject = replace(subject, samples=(
        blood("001", 26, 29, "UNSCHEDULED", 6), blood("001", 26, 27, "UNSCHEDULED", 6)
    ))  # fmt: skip
    rows = sdtm.rows(replace(made(), subjects=(subject,)), STUDY)
    assert [(v.known, v.values["LBRESSTA"]) for v in rows if v.row.endswith("|NEUT")] == [
        (27, "F"), (29, "C")
    ]  # fmt: skip
