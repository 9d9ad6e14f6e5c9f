"""From records to the facts of a subject, with literal expectations."""

from __future__ import annotations

from datetime import date, datetime
from math import inf, isnan

import pandas as pd
import pytest

from safety import folder
from safety.assess.building.rows import ANY_DAY
from safety.assess.facts import Facts
from safety.assess.moments import Moment, between, on
from tests import trial
from tests.build import event as base_event
from tests.build import measurement, sign, subject
from tests.trial import (
    declaration,
    disposition,
    given,
    history,
    medication,
    procedure,
    supplement,
    visit,
)

DAY_1, DAY_5 = date(2024, 3, 1), date(2024, 3, 5)


def event(seq="1", grade="2", **changes):
    return base_event(seq, grade, **changes)


def lab(testcd="ALT", value="30", unit="U/L", day="2024-03-10T08:00", seq="1", **changes):
    return measurement(testcd, value, unit, day, LBSEQ=seq, **changes)


def built(study=None, **domains) -> Facts:
    """Facts of S1. domains: rows by domain in lower case; DM and one dose unless given."""
    rows = {"dm": [subject(ARMCD="L1")], "ec": [given()]} | domains
    frames: dict[str, list[pd.DataFrame]] = {}
    for name, some in rows.items():
        if some:
            kind = trial.KINDS[name.upper()]
            frames.setdefault(kind, []).append(trial.records(name.upper(), *some))
    joined = {kind: pd.concat(parts, ignore_index=True) for kind, parts in frames.items()}
    records = folder.FolderRecords(joined, (), (), ())
    return folder.facts(records, study or trial.study())["S1"]


def notes(facts: Facts) -> list[str]:
    return [n.split(": ", 1)[1] for n in facts.notes]


def report(*rows, suppae=(), **domains):
    facts = built(ae=list(rows), suppae=list(suppae), **domains)
    assert len(facts.reports) == 1
    return facts.reports[0], notes(facts)


# -- the subject -------------------------------------------------------------------------------


def test_a_subject() -> None:
    facts = built(dm=[subject(ARMCD="L1", ACTARMCD=None, SEX="F", AGE="60")])
    assert (facts.usubjid, facts.level, facts.sex, facts.age) == ("S1", "L1", "F", 60.0)
    assert (facts.first_dose, facts.first_dose_latest, facts.death) == (DAY_1, DAY_1, None)
    assert facts.delivered == {"subject", "dose"}
    assert facts.source is not None
    assert (facts.source.record, facts.source.file, facts.source.row) == ("DM|S1", "dm.csv", 1)


def test_the_level_that_was_given_wins() -> None:
    assert built(dm=[subject(ARMCD="L1", ACTARMCD="L-1")]).level == "L-1"


def test_the_first_dose_may_be_on_several_days() -> None:
    facts = built(dm=[subject(RFSTDTC=None)], ec=[given("2024-03")])
    assert (facts.first_dose, facts.first_dose_latest) == (DAY_1, date(2024, 3, 31))


def test_no_dose_and_no_dm() -> None:
    assert built(dm=[subject(RFSTDTC=None)], ec=[]).first_dose is None
    facts = built(dm=[], ec=[given()])
    assert (facts.level, facts.age, facts.first_dose, facts.source) == ("", None, DAY_1, None)


@pytest.mark.parametrize(
    ("dm", "ds", "death", "note"),
    [
        (subject(DTHDTC="2024-03-20"), [], on(date(2024, 3, 20)), []),
        (subject(), [disposition()], on(date(2024, 3, 20)), []),
        (subject(DTHDTC="2024-03-19"), [disposition()], on(date(2024, 3, 19)), []),
        (subject(), [disposition(DSDECOD="Completed")], None, []),
        (subject(DTHFL="Yes"), [], ANY_DAY,
         ["died, but there is no date of death that can be read; add it"]),
        (subject(DTHFL="0"), [], None, []),
        (subject(DTHFL="Y"), [], ANY_DAY,
         ["died, but there is no date of death that can be read; add it"]),
        (subject(), [disposition(None)], ANY_DAY,
         ["died, but there is no date of death that can be read; add it"]),
    ],
)  # fmt: skip
def test_death(dm, ds, death, note) -> None:
    facts = built(dm=[dm], ds=ds)
    assert (facts.death, notes(facts)) == (death, note)


# -- values ------------------------------------------------------------------------------------


def test_an_observation() -> None:
    (found,) = built(lb=[lab("PLAT", "40", "10^9/L", LBORNRLO="125", LBORNRHI="350")]).observations
    assert (found.term, found.soc) == ("Platelet count decreased", "Investigations")
    at = datetime.fromisoformat("2024-03-10T08:00")
    assert (found.when, found.lowest, found.highest) == (Moment(at, at), 3, 3)
    assert (found.unit, found.symptomatic, found.predose_cycle) == ("10*9/L", None, None)
    assert found.source.text == "PLAT 40 10^9/L (grade 3)"
    assert (found.source.day, found.source.record) == ("2024-03-10", "LB|S1|1")


@pytest.mark.parametrize(
    ("value", "unit", "lowest", "highest", "text"),
    [
        ("<50", "10^9/L", 3, 4, "PLAT <50 10^9/L (grade 3-4)"),
        ("<25", "10^9/L", 4, 4, "PLAT <25 10^9/L (grade 4)"),
        ("clumped", None, 0, 4, "PLAT clumped (cannot be graded)"),
        ("40", "furlong", 0, 4, "PLAT 40 furlong (cannot be graded)"),
    ],
)
def test_grades_a_value_may_have(value, unit, lowest, highest, text) -> None:
    row = lab("PLAT", value, unit, LBORNRLO="125", LBORNRHI="350")
    (found,) = built(lb=[row]).observations
    assert (found.lowest, found.highest, found.source.text) == (lowest, highest, text)


@pytest.mark.parametrize(
    ("said", "symptomatic", "reasons"),
    [("N", False, ""), ("Y", None, "symptoms_unknown"), (None, None, "symptoms_unknown")],
)
def test_a_value_without_clinical_significance_has_no_symptoms(said, symptomatic, reasons) -> None:
    row = lab("LIPASET", "200", "U/L", LBORNRHI="80", LBCLSIG=said)
    other = lab("ALT", "30", seq="2", LBCLSIG="Y")
    found = [o for o in built(lb=[row, other]).observations if o.term == "Lipase increased"]
    assert [(o.symptomatic, o.reasons, o.lowest) for o in found] == [(symptomatic, reasons, 2)]


def test_before_the_first_dose_is_baseline_not_toxicity() -> None:
    rows = [
        lab(value="70", day="2024-02-28", seq="1"),
        lab(value="90", day="2024-03-01", seq="2", VISIT="CYCLE 1 DAY 1"),
        lab(value="20", day="2024-03-10", seq="3"),
    ]
    facts = built(lb=rows)
    assert [o.source.row for o in facts.observations] == [3]
    assert facts.baseline["Alanine aminotransferase increased"] == 1
    assert [(s.predose, s.is_baseline, s.predose_cycle) for s in facts.samples] == [
        (True, False, None), (True, True, 1), (False, False, None),
    ]  # fmt: skip


def test_a_sample_of_the_day_a_cycle_starts_was_taken_before_its_dose() -> None:
    rows = [lab(day="2024-03-22", VISIT="Cycle 2 Day 1"),
            lab(day="2024-03-23", seq="2", VISIT="CYCLE 2 DAY 2")]  # fmt: skip
    facts = built(lb=rows)
    assert [o.predose_cycle for o in facts.observations] == [2, None]


def test_a_dipstick_of_a_day_with_a_24_hour_urine_is_left_out() -> None:
    urine = {"LBSPEC": "URINE", "LBORNRLO": None, "LBORNRHI": None}
    rows = [lab("PROT", "3+", None, "2024-03-10", "1", **urine),
            lab("PROT", "1.5", "g/day", "2024-03-10", "2", **urine)]  # fmt: skip
    facts = built(lb=rows)
    assert [o.source.text for o in facts.observations] == ["PROT/URINE 1.5 g/day (grade 2)"]
    assert [s.test for s in facts.samples] == ["PROT/URINE", "PROT/URINE"]


def test_a_value_without_a_date_is_named_not_used() -> None:
    facts = built(lb=[lab(day=None)])
    assert (facts.observations, facts.samples) == ((), ())
    assert notes(facts) == ["ALT 30 U/L has no date that can be read; it is not used"]


@pytest.mark.parametrize("day", [None, "13.03.2024", "2024-03-13 07:30"])
def test_a_value_without_a_date_that_may_be_grave_is_of_any_day(day) -> None:
    rows = [lab("PLAT", "10", "10^9/L", day), lab("PLAT", "200", "10^9/L", day, "2")]
    facts = built(lb=[row | {"LBORNRLO": "125"} for row in rows])
    (found,) = facts.observations
    assert (found.source.row, found.lowest, found.highest) == (1, 4, 4)
    assert (found.when.first_day, found.when.latest) == (DAY_1, ANY_DAY.latest)
    assert notes(facts) == [
        "PLAT 10 10^9/L has no date that can be read; it may be of any day; add it",
        "PLAT 200 10^9/L has no date that can be read; it is not used",
    ]


@pytest.mark.parametrize("value", ["18,5", "１８", "<25*", "18 low"])
def test_a_number_that_cannot_be_read_may_be_any(value) -> None:
    facts = built(lb=[lab("PLAT", value, "10^9/L")])
    (found,) = facts.observations
    assert (found.lowest, found.highest) == (0, 4)
    assert (facts.samples, "value_not_numeric" in found.reasons) == ((), False)
    assert "value_unreadable" in found.reasons
    (words,) = built(lb=[lab("PLAT", "haemolysed", "10^9/L")]).observations
    assert "value_not_numeric" in words.reasons


@pytest.mark.parametrize("specimen", [None, "WB", "EDTA PLASMA"])
def test_a_value_of_an_unknown_specimen_may_be_grave_and_is_no_sample(specimen) -> None:
    rows = [
        lab("PLAT", "200", "10^9/L", LBSPEC=specimen),
        lab("PLAT", "200", "10^9/L", "2024-02-28", "2", LBSPEC=specimen),
        lab("PLAT", "clotted", "10^9/L", seq="3", LBSPEC=specimen),
        lab("PLAT", None, None, seq="4", LBSPEC=specimen, LBSTAT="NOT DONE"),
    ]
    facts = built(lb=rows)
    assert facts.samples == ()
    assert [(o.term, o.lowest, o.highest, o.reasons, o.source.row) for o in facts.observations] == [
        ("Platelet count decreased", 0, 4, "specimen_unknown", 1)
    ]


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("30", (30.0, 30.0, False, False)),
        ("<30", (-inf, 30.0, False, True)),
        ("<=30", (-inf, 30.0, False, False)),
        (">30", (30.0, inf, True, False)),
        (">=30", (30.0, inf, False, False)),
    ],
)
def test_a_sample_is_an_interval(text, interval) -> None:
    (found,) = built(lb=[lab(value=text)]).samples
    assert (found.low, found.high, found.low_open, found.high_open) == interval


def test_a_baseline_in_another_unit() -> None:
    ranges = {"LBORNRLO": "3", "LBORNRHI": "20"}
    rows = [lab("BILI", "10", "umol/L", "2024-02-28", "1", **ranges),
            lab("BILI", "2", "mg/dL", "2024-03-10", "2", LBORNRLO="0.2",
                LBORNRHI="1.2")]  # fmt: skip
    later = built(lb=rows).samples[1]
    assert (later.unit, later.lln, later.uln) == ("mg/dL", 0.2, 1.2)
    assert later.base == pytest.approx(10 / 17.104, rel=1e-3)
    assert later.base_uln == pytest.approx(20 / 17.104, rel=1e-3)


def test_a_swapped_range_is_none() -> None:
    (found,) = built(lb=[lab(LBORNRLO="50", LBORNRHI="40")]).samples
    assert (isnan(found.lln), isnan(found.uln), isnan(found.base_uln)) == (True, True, True)


def test_text_is_no_sample_and_derived_records_are() -> None:
    study = trial.study(derivations=["ANC"])
    rows = [lab("WBC", "2", "10^9/L", seq="1"), lab("NEUTLE", "50", "%", seq="2"),
            lab("ALT", "clotted", None, seq="3")]  # fmt: skip
    found = built(study, lb=rows).samples
    assert [(s.test, s.low) for s in found] == [("NEUT", 1.0), ("NEUTLE", 50.0), ("WBC", 2.0)]


def test_values_stand_in_order_of_time() -> None:
    rows = [lab(day="2024-03-12", seq="1"), lab(day="2024-03-10", seq="2")]
    signs = [sign("TEMP", "38.5", "C", "2024-03-11", VSSEQ="1")]
    facts = built(lb=rows, vs=signs)
    terms = [o.term for o in facts.observations]
    alt = "Alanine aminotransferase increased"
    assert terms == [alt, "Fever", "Hypothermia", alt]
    assert [s.source.day for s in facts.samples] == ["2024-03-10", "2024-03-11", "2024-03-12"]


# -- reported events ---------------------------------------------------------------------------


def test_a_report() -> None:
    found, queries = report(event(AEDECOD="DIARRHEA", GRPID="7", AEGRPID="7", AEACN="drug reduced"))
    assert (found.term, found.soc) == ("Diarrhea", "Gastrointestinal disorders")
    assert (found.group, found.grade_text, found.action) == ("7", "2", "DRUG REDUCED")
    assert (found.start, found.end) == (on(DAY_5), on(date(2024, 3, 7)))
    assert (found.lowest, found.highest, found.fatal, found.serious) == (2, 2, False, False)
    assert found.source.text == "Diarrhea grade 2, 2024-03-05 to 2024-03-07"
    assert (found.source.record, found.source.file, found.source.row) == ("AE|S1|1", "ae.csv", 1)
    assert queries == []


def test_a_term_ctcae_does_not_have_keeps_its_own_organ_class() -> None:
    found, _ = report(event(AEDECOD="Sadness", AEBODSYS="Psychiatric disorders"))
    assert (found.term, found.soc) == ("Sadness", "Psychiatric disorders")


@pytest.mark.parametrize(
    ("aerel", "told", "related"),
    [
        ("POSSIBLE", {}, {"alpha": True, "beta": True}),
        ("UNLIKELY", {}, {"alpha": False, "beta": False}),
        (None, {}, {"alpha": None, "beta": None}),
        ("POSSIBLE", {"AERELA": "UNLIKELY", "AERELB": "probable"}, {"alpha": False, "beta": True}),
        ("UNLIKELY", {"AERELA": "UNLIKELY", "AERELB": None}, {"alpha": False, "beta": None}),
        ("UNLIKELY", {"AERELA": "UNLIKELY"}, {"alpha": False, "beta": None}),
        ("UNLIKELY", {"AESYMP": "Y"}, {"alpha": False, "beta": False}),
    ],
)
def test_attribution_by_drug(aerel, told, related) -> None:
    found, queries = report(event(AEREL=aerel), suppae=[supplement(q, v) for q, v in told.items()])
    assert (found.related, queries) == (related, [])


def test_an_attribution_off_the_scale_says_nothing() -> None:
    found, queries = report(event(AEREL="MAYBE"))
    assert found.related == {"alpha": None, "beta": None}
    assert queries == ["attribution 'MAYBE' is not on the study's scale; correct it"]


def test_two_attributions_to_one_drug_count_as_the_worse() -> None:
    rows = [supplement("AERELA", "UNLIKELY"), supplement("AERELA", "POSSIBLE"),
            supplement("AERELB", "UNLIKELY"), supplement("AERELB", None)]  # fmt: skip
    for order in (rows, rows[::-1]):
        found, _ = report(event(), suppae=order)
        assert found.related == {"alpha": True, "beta": None}


def test_without_a_treatment_attribution_is_of_the_whole() -> None:
    facts = built(trial.study(treatment=None), ae=[event(AEREL="POSSIBLE")])
    assert facts.reports[0].related == {"": True}


@pytest.mark.parametrize(
    ("told", "symptomatic", "other_cause", "investigator"),
    [
        ({}, None, False, None),
        ({"AESYMP": "y"}, True, False, None),
        ({"AESYMP": "N", "AEALTCS": "sepsis"}, False, True, None),
        ({"AEALTCS": "N", "DLT": "Y"}, None, False, True),
        ({"AEALTCS": None, "AEDLT": "N"}, None, False, False),
        ({"AEDLT": "N", "DLT": "Y"}, None, False, None),
    ],
)
def test_what_supplements_say(told, symptomatic, other_cause, investigator) -> None:
    found, _ = report(event(), suppae=[supplement(q, v) for q, v in told.items()])
    assert found.symptomatic is symptomatic
    assert found.other_cause is other_cause
    assert found.investigator_dlt is investigator


def test_supplements_of_a_group_and_of_no_event() -> None:
    rows = [supplement("AESYMP", "Y", IDVAR="AEGRPID", IDVARVAL="G"),
            supplement("AESYMP", "N", IDVARVAL="9")]  # fmt: skip
    found, queries = report(event(AEGRPID="G"), suppae=rows)
    assert found.symptomatic is True
    assert queries == ["AESEQ 9 is no adverse event of this subject"]


def test_actions_by_drug() -> None:
    found, _ = report(event(AEACN="MULTIPLE"), suppae=[supplement("AEACNA", "Drug Interrupted")])
    assert (found.action, found.actions) == ("MULTIPLE", {"alpha": "DRUG INTERRUPTED"})


@pytest.mark.parametrize(
    ("changes", "grades", "query"),
    [
        ({"AEDECOD": "Alopecia", "grade": "3"}, (1, 3),
         "grade 3 does not exist for Alopecia; adjudicate"),
        ({"AEDECOD": "Nausea", "grade": "4"}, (1, 4),
         "grade 4 does not exist for Nausea; adjudicate"),
        ({"AEDECOD": "Febrile neutropenia", "grade": "2"}, (1, 3),
         "grade 2 does not exist for Febrile neutropenia; adjudicate"),
        ({"grade": None}, (1, 5), "has no grade; add it"),
        ({"grade": "2-3"}, (1, 5), "grade '2-3' is none of 1 to 5; correct it"),
    ],
)  # fmt: skip
def test_a_grade_that_cannot_be_relied_on(changes, grades, query) -> None:
    found, queries = report(event(**changes))
    assert ((found.lowest, found.highest), queries) == (grades, [query])


def test_a_severity_the_study_knows_is_no_missing_grade() -> None:
    found, queries = report(event(grade=None, AESEV="SEVERE"))
    assert ((found.lowest, found.highest), queries) == ((3, 4), [])


@pytest.mark.parametrize(
    ("changes", "fatal", "serious"),
    [
        ({"AEOUT": "FATAL"}, True, False),
        ({"AESDTH": "Y"}, True, True),
        ({"AEDECOD": "Sepsis", "grade": "5"}, True, False),
        ({"AEHOSP": "Y", "AESHOSP": "Y"}, False, True),
        ({"AESER": "Y"}, False, True),
    ],
)
def test_fatal_and_serious(changes, fatal, serious) -> None:
    found, _ = report(event(AEENDTC=None, **{"AEOUT": None} | changes))
    assert (found.fatal, found.serious) == (fatal, serious)


@pytest.mark.parametrize(
    ("changes", "start", "end", "query"),
    [
        ({"AESTDTC": "2024-03", "AEENDTC": "2024-04-02"},
         between(DAY_1, date(2024, 3, 31)), on(date(2024, 4, 2)),
         ["start 2024-03 is not a complete date; complete it"]),
        ({"AESTDTC": None, "AEENDTC": "2024-03-07"},
         between(date(1900, 1, 1), date(2024, 3, 7)), on(date(2024, 3, 7)),
         ["has no start date; add it"]),
        ({"AESTDTC": None, "AEENDTC": None, "AEOUT": None}, ANY_DAY, None,
         ["has no start date; add it"]),
        ({"AEENDTC": "2024-03-04"}, on(DAY_5), None,
         ["ends 2024-03-04, before it starts 2024-03-05; the end is not used"]),
        ({"AEENDTC": None}, on(DAY_5), None, ["is resolved but has no end date; add it"]),
        ({"AEENDTC": None, "AEOUT": "RECOVERING/RESOLVING"}, on(DAY_5), None, []),
        ({"AEENDTC": "2024-03"}, on(DAY_5), between(DAY_5, date(2024, 3, 31)), []),
        ({"AESTDTC": "05MAR2024"}, between(date(1900, 1, 1), date(2024, 3, 7)),
         on(date(2024, 3, 7)), ["start '05MAR2024' is no ISO 8601 date; correct it"]),
    ],
)  # fmt: skip
def test_the_period_of_a_report(changes, start, end, query) -> None:
    found, queries = report(event(**changes))
    assert (found.start, found.end, queries) == (start, end, query)


GOES_ON = {"AEOUT": "NOT RECOVERED/NOT RESOLVED", "AEENDTC": "2024-03-07"}
NEXT = {"AEENDTC": "2024-03-09", "AEGRPID": "1"}


@pytest.mark.parametrize(
    ("others", "end"),
    [
        ((), "not known, from 2024-03-07"),
        ((event("2", "3", AESTDTC="2024-03-07", **NEXT),), "2024-03-07"),
        ((event("2", "3", AESTDTC="2024-03-08", **NEXT),), "2024-03-07"),
        ((event("2", "3", AESTDTC="2024-03-09", **NEXT),), "not known, from 2024-03-07"),
        ((event("2", "3", AESTDTC="2024-03-07", **NEXT | {"AEGRPID": "2"}),),
         "not known, from 2024-03-07"),
    ],
)  # fmt: skip
def test_when_an_event_ends_that_is_told_to_go_on_is_not_known(others, end) -> None:
    rows = [event(AEGRPID="1", **GOES_ON), *others]
    first = min(built(ae=rows).reports, key=lambda r: r.start)
    assert str(first.end) == end


def test_an_event_that_goes_on_by_its_end_flag() -> None:
    found, _ = report(event(AEENRF="ONGOING", AEOUT=None))
    assert str(found.end) == "not known, from 2024-03-07"


def test_an_event_that_may_have_ended_before_treatment_is_no_baseline() -> None:
    before = {"AESTDTC": "2024-02-01", "AEENDTC": "2024-02-10"}
    assert built(ae=[event(grade="3", **GOES_ON | before)]).baseline == {}
    assert built(ae=[event(grade="3", **GOES_ON | before | {"AEENDTC": "2024-03"})]).baseline == {
        "Nausea": 3
    }
    assert built(ae=[event(grade="3", **before | {"AEENDTC": None})]).baseline == {"Nausea": 3}


def test_an_event_of_one_day_that_goes_on_is_not_its_own_sequel() -> None:
    row = event(AEGRPID="1", **GOES_ON | {"AESTDTC": "2024-03-07"})
    found, _ = report(row)
    assert str(found.end) == "not known, from 2024-03-07"


@pytest.mark.parametrize(
    ("start", "end", "grade"),
    [
        ("2024-02-20", None, 2),
        ("2024-02-20", "2024-03-01", 2),
        ("2024-02-20", "2024-02-29", None),
        ("2024-03-01", None, None),
        ("2024", None, None),  # it may have begun after the first dose
    ],
)
def test_a_report_from_before_treatment_is_baseline(start, end, grade) -> None:
    facts = built(ae=[event(AESTDTC=start, AEENDTC=end)])
    assert facts.baseline.get("Nausea") == grade


# -- other records -----------------------------------------------------------------------------


def test_an_intake() -> None:
    (found,) = built(ec=[given("2024-03-01", "2024-03-21", ECTRT="B-1", ECDOSFRQ="BID")]).intakes
    assert (found.drug, found.name, found.mg, found.per_day) == ("beta", "B-1", 100.0, 2)
    assert (found.start, found.end) == (on(DAY_1), on(date(2024, 3, 21)))
    assert (found.taken, found.reason) == (True, "")
    assert found.source.text == "B-1 100 mg BID, 2024-03-01 to 2024-03-21"


@pytest.mark.parametrize(
    ("occur", "taken", "text"),
    [
        ("Y", True, "ALPHA 100 mg QD, from 2024-03-01"),
        (None, True, "ALPHA 100 mg QD, from 2024-03-01"),
        ("n", False, "ALPHA 100 mg QD (not taken: ADVERSE EVENT), from 2024-03-01"),
        ("U", None, "ALPHA 100 mg QD (taken or not), from 2024-03-01"),
    ],
)
def test_whether_a_dose_was_taken(occur, taken, text) -> None:
    (found,) = built(ec=[given(ECOCCUR=occur, ECREASOC="Adverse event")]).intakes
    assert (found.taken, found.reason, found.source.text) == (taken, "ADVERSE EVENT", text)


@pytest.mark.parametrize(
    ("changes", "mg", "per_day", "query"),
    [
        ({"ECDOSE": "ten"}, None, 1, "dose 'ten' is no number; correct it"),
        ({"ECDOSU": "TABLET"}, None, 1, "dose unit 'TABLET' is not mg; correct it"),
        ({"ECDOSE": "-100"}, None, 1, "dose '-100' mg cannot be right; it is not used. Correct it"),
        ({"ECDOSE": "1e9"}, None, 1, "dose '1e9' mg cannot be right; it is not used. Correct it"),
        ({"ECDOSE": "0"}, None, 1, "is told as taken, with a dose of 0 mg; correct one of them"),
        ({"ECDOSFRQ": "QOD"}, 100.0, None, "dose frequency 'QOD' is not one of QD, BID, TID"),
        ({"ECDOSFRQ": None}, 100.0, None, "dose frequency '' is not one of QD, BID, TID"),
        ({"ECSTDTC": None}, None, None,
         "has no start date that can be read; this dose is not counted"),
    ],
)  # fmt: skip
def test_a_dose_that_is_not_clear(changes, mg, per_day, query) -> None:
    facts = built(ec=[given(**changes)])
    assert [(i.mg, i.per_day) for i in facts.intakes] == [(mg, per_day)] * (
        "ECSTDTC" not in changes
    )
    assert notes(facts) == [query]


def test_a_dose_that_ends_before_it_starts_is_of_one_day() -> None:
    facts = built(ec=[given("2024-03-05", "2024-03-01")])
    assert [(i.start, i.end) for i in facts.intakes] == [(on(DAY_5), on(DAY_5))]
    assert notes(facts) == ["ends 2024-03-01, before it starts 2024-03-05; the end is not used"]


def test_a_dose_that_is_only_planned_is_no_intake() -> None:
    facts = built(ec=[given(ECMOOD="SCHEDULED"), given("2024-03-02", ECSEQ="2")])
    assert [i.source.day for i in facts.intakes] == ["2024-03-02"]


def test_medications_and_procedures() -> None:
    facts = built(
        cm=[medication(), medication(None, CMSEQ="2", CMDECOD=None, CMENDTC=None),
            medication(CMSEQ="3", CMOCCUR="N")],
        pr=[procedure()],
    )  # fmt: skip
    dated, undated = facts.medications
    assert (dated.name, dated.category, dated.indication) == (
        "LOPERAMIDE", "SUPPORTIVE CARE", "DIARRHEA",
    )  # fmt: skip
    assert (dated.start, dated.end) == (on(DAY_5), on(date(2024, 3, 7)))
    assert dated.source.text == "LOPERAMIDE (SUPPORTIVE CARE), 2024-03-05 to 2024-03-07"
    assert (undated.name, undated.start, undated.end) == ("IMODIUM", None, None)
    assert [(p.name, p.start) for p in facts.procedures] == [("PLATELET TRANSFUSION", on(DAY_5))]


def test_visits_dispositions_and_history() -> None:
    facts = built(
        sv=[visit(), visit("CYCLE 1 DAY 1", "2024-03-01")], ds=[disposition(DSDECOD="completed")],
        mh=[history(), history("1999", MHSEQ="2", MHOCCUR="N")],
    )  # fmt: skip
    assert [(v.name, v.source.text) for v in facts.visits] == [
        ("CYCLE 1 DAY 1", "CYCLE 1 DAY 1, 2024-03-01"),
        ("CYCLE 2 DAY 1", "CYCLE 2 DAY 1, 2024-03-22"),
    ]
    assert [(d.name, d.when) for d in facts.dispositions] == [("COMPLETED", on(date(2024, 3, 20)))]
    assert [h.name for h in facts.history] == ["METASTASES TO LIVER"]
    assert facts.delivered >= {"visit", "disposition", "history"}


def test_a_declaration_counts_once_it_is_signed() -> None:
    rows = [declaration(), declaration(TERM="Rash", SIGNEDDTC=None)]
    facts = built(xdlt=rows)
    assert [(d.text, d.signed_by, d.signed) for d in facts.declarations] == [
        ("Fatigue: grade 2 for the whole cycle", "chair", on(date(2024, 3, 25))),
        ("Rash: grade 2 for the whole cycle", "", None),
    ]
    assert notes(facts) == ["lacks a signer or the date of signature; it does not count yet"]


def test_the_order_of_rows_changes_nothing() -> None:
    events = [event("1"), event("2", "3", AEDECOD="Diarrhea", AESTDTC="2024-03-05")]
    told = [supplement("AERELA", "POSSIBLE"), supplement("AERELB", "UNLIKELY", IDVARVAL="2")]
    labs = [lab(seq="1"), lab("AST", seq="2"), lab(seq="3", day="2024-03-08")]
    one = built(ae=events, suppae=told, lb=labs)
    other = built(ae=events[::-1], suppae=told[::-1], lb=labs[::-1])
    assert [_plain(r) for r in one.reports] == [_plain(r) for r in other.reports]
    assert [_plain(o) for o in one.observations] == [_plain(o) for o in other.observations]
    assert (one.baseline, one.notes) == (other.baseline, other.notes)


def _plain(fact):
    fields = {f: getattr(fact, f) for f in fact.__slots__ if f != "source"}
    return fields | {"record": fact.source.record}
