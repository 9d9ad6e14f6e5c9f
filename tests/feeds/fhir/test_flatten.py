"""FHIR resources as text rows."""

from __future__ import annotations

import pytest

from safety.ctcae.results import parse_result
from safety.feeds.fhir import flatten, sample, strip
from safety.feeds.fhir.observation import ABSENT
from safety.feeds.pulled import Line


def rows(resource, group=""):
    content = strip.stripped(sample._as_received(resource), sample.EXTENSIONS.values(),
                             sample.SYSTEM)  # fmt: skip
    line = Line(group or resource["resourceType"], resource["id"], "", "2024-03-11T01:00:00Z",
                "S1", content)  # fmt: skip
    return list(flatten.rows(line, sample.EXTENSIONS))


def observation(**changes):
    (row,) = rows(sample.laboratory("o", "p1", "751-8", "0.4", "2024-03-10", **changes))
    return row


def picked(row, *names):
    return tuple(row[n] for n in names)


def test_a_laboratory_result():
    row = observation(interpretation=[{"coding": [{"code": "LL"}]}], issued="2024-03-10T10:00:00Z")
    assert picked(row, "ID", "USUBJID", "REMOVED", "CODE", "RESULT", "UNIT", "LOW", "HIGH") == (
        "o", "S1", "N", "751-8", "0.4", "10*9/L", "1.8", "6.3",
    )  # fmt: skip
    assert picked(row, "DATE", "ISSUED", "INDICATOR", "NOTDONE") == (
        "2024-03-10", "2024-03-10T10:00:00Z", "LOW LOW", "",
    )  # fmt: skip


def test_a_comparator_stays_with_its_value_and_a_unit_in_words_is_taken_without_a_code():
    row = observation(valueQuantity={"comparator": "<", "value": 0.1, "unit": "G/L"},
                      referenceRange=[])  # fmt: skip
    assert picked(row, "RESULT", "UNIT") == ("<0.1", "G/L")


def test_a_code_of_another_system_than_ucum_is_no_unit_while_there_are_words():
    row = observation(valueQuantity={"value": 1, "unit": "G/L", "system": "urn:x", "code": "77"})
    assert row["UNIT"] == "G/L"


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([{"low": {"value": 2}}], ("2", "", "")),
        ([{"low": {"value": 2, "unit": "10*6/L"}}],
         ("", "", "the range is in 10*6/L, the result in 10*9/L")),
        ([{"low": {"value": 2, "unit": "10*3/uL"}, "high": {"value": 9, "unit": "x10^9/l"}}],
         ("2", "9", "")),
        ([{"low": {"value": 2}}, {"low": {"value": 3}}], ("", "", "more than one normal range")),
        ([{"low": {"value": 2}, "type": {"coding": [{"code": "therapeutic"}]}}],
         ("", "", "no range is the normal one")),
        ([{"low": {"value": 2}, "type": {"coding": [{"code": "treatment"}]}},
          {"high": {"value": 9}, "type": {"coding": [{"code": "normal"}]}}], ("", "9", "")),
        ([{"text": "see report"}], ("", "", "")),
    ],
)  # fmt: skip
def test_a_range_in_doubt_is_not_used(ranges, expected):
    assert picked(observation(referenceRange=ranges), "LOW", "HIGH", "RANGENOTE") == expected


def test_a_result_that_is_absent_has_a_reason():
    whole = sample.laboratory("o", "p1", "751-8", "1", "2024-03-10")
    del whole["valueQuantity"]
    (row,) = rows(whole | {"dataAbsentReason": {"coding": [{"code": "not-performed"}]}})
    assert picked(row, "RESULT", "NOTDONE", "WHY") == ("", "NOT DONE", "not-performed")
    (row,) = rows(whole)
    assert picked(row, "RESULT", "NOTDONE") == ("", "")


@pytest.mark.parametrize("reason", ["not-performed", "asked-declined", "not-applicable",
                                    "not-asked"])  # fmt: skip
def test_reasons_by_which_nothing_was_measured(reason):
    row = observation(valueQuantity={}, dataAbsentReason={"coding": [{"code": reason}]})
    assert picked(row, "RESULT", "NOTDONE", "WHY") == ("", "NOT DONE", reason)


@pytest.mark.parametrize(
    "reason",
    ["error", "as-text", "positive-infinity", "negative-infinity", "not-a-number", "unknown",
     "temp-unknown", "asked-unknown", "masked", "unsupported", "not-permitted", "500"],
)  # fmt: skip
def test_a_result_that_is_missing_is_no_number_and_not_left_undone(reason):
    row = observation(valueQuantity={}, dataAbsentReason={"coding": [{"code": reason}]})
    assert picked(row, "RESULT", "NOTDONE", "WHY") == (f"no result ({reason})", "", reason)
    assert parse_result(row["RESULT"]).state == "text"


def test_the_reason_by_its_own_code_system_wins_and_a_result_needs_none():
    reason = {"coding": [{"system": "urn:x", "code": "ND"},
                         {"system": ABSENT, "code": "not-performed"}]}  # fmt: skip
    row = observation(valueQuantity={}, dataAbsentReason=reason)
    assert picked(row, "RESULT", "NOTDONE", "WHY") == ("", "NOT DONE", "not-performed")
    row = observation(dataAbsentReason={"coding": [{"code": "error"}]})
    assert picked(row, "RESULT", "NOTDONE", "WHY") == ("0.4", "", "")


def test_a_range_in_the_same_unit_written_otherwise_is_used():
    def limits(low, high):
        row = observation(
            valueQuantity={"value": 412, "unit": "U/L"},
            referenceRange=[
                {"low": {"value": 0, "unit": low}, "high": {"value": 40, "unit": high}}
            ],
        )
        return picked(row, "LOW", "HIGH", "RANGENOTE")

    assert limits("IU/L", "U/l") == ("0", "40", "")
    assert limits("ukat/L", "U/L") == (
        "", "", "the range is in ukat/L, the result in U/L",
    )  # fmt: skip
    assert limits("wombat", "U/L") == (
        "", "", "the range is in wombat, the result in U/L",
    )  # fmt: skip


def test_other_kinds_of_value():
    assert observation(valueQuantity={}, valueString="haemolysed")["RESULT"] == "haemolysed"
    text = {"coding": [{"code": "10828004", "display": "Positive"}]}
    assert observation(valueQuantity={}, valueCodeableConcept=text)["RESULT"] == "Positive"
    span = {"low": {"value": 1, "unit": "mg"}, "high": {"value": 2, "unit": "mg"}}
    assert picked(observation(valueQuantity={}, valueRange=span), "RESULT", "UNIT") == (
        "1 to 2", "mg",
    )  # fmt: skip


def test_blood_pressure_gives_a_row_a_component_and_none_of_its_own():
    found = rows(sample.blood_pressure("b", "p1", "171", "101"), "Observation:vital-signs")
    assert [picked(r, "ID", "CODE", "RESULT", "UNIT", "DATE") for r in found] == [
        ("b#8480-6", "8480-6", "171", "mm[Hg]", "2024-03-10T09:05:00+08:00"),
        ("b#8462-4", "8462-4", "101", "mm[Hg]", "2024-03-10T09:05:00+08:00"),
    ]


def test_components_of_one_code_are_told_apart():
    whole = sample.blood_pressure("b", "p1", "171", "101")
    whole["component"][1] = whole["component"][0]
    assert [r["ID"] for r in rows(whole)] == ["b#8480-6", "b#8480-6.2"]


def test_a_period_is_told_by_both_ends_and_a_point_in_time_is_both():
    row = observation(effectivePeriod={"start": "2024-03-09", "end": "2024-03-10"})
    assert picked(row, "DATE", "ENDDATE") == ("2024-03-10", "2024-03-10")
    whole = sample.laboratory("o", "p1", "751-8", "1", "2024-03-10")
    del whole["effectiveDateTime"]
    (row,) = rows(whole | {"effectivePeriod": {"start": "2024-03-09"}})
    assert picked(row, "DATE", "ENDDATE") == ("2024-03-09", "")
    (row,) = rows(whole)
    assert row["DATE"] == ""  # `issued` is no time of sampling


@pytest.mark.parametrize(
    ("status", "removed"),
    [("preliminary", "N"), ("amended", "N"), ("corrected", "N"), ("unknown", "N"),
     ("entered-in-error", "Y"), ("cancelled", "Y")],
)  # fmt: skip
def test_a_status_that_withdraws(status, removed):
    assert observation(status=status)["REMOVED"] == removed


def test_an_adverse_event():
    (row,) = rows(sample.event("a", "p1", "3"))
    assert picked(row, "TERM", "CODED", "CODEDTERM", "AETOXGR", "SEVERITY", "SERIOUS") == (
        "Nausea", "10028813", "Nausea", "3", "SEVERE", "N",
    )  # fmt: skip
    assert picked(row, "CAUSALITY", "OUTCOME", "DATE", "ENDDATE") == (
        "POSSIBLE", "RECOVERED/RESOLVED", "2024-03-12", "2024-03-14",
    )  # fmt: skip


def test_an_event_without_the_extension_has_no_grade():
    (row,) = rows(sample.event("a", "p1", "3", extension=[]))
    assert picked(row, "AETOXGR", "SEVERITY") == ("", "SEVERE")
    two = [{"url": sample.GRADE, "valueInteger": n} for n in (2, 3)]
    (row,) = rows(sample.event("a", "p1", "3", extension=two))
    assert row["AETOXGR"] == ""  # of two nobody knows which


@pytest.mark.parametrize(
    ("code", "serious", "death", "hospital"),
    [
        ("Serious", "Y", "", ""), ("serious", "Y", "", ""), ("non-serious", "N", "", ""),
        ("SeriousResultsInDeath", "Y", "Y", ""), ("SeriousResultsInHospitalization", "Y", "", "Y"),
        ("maybe", "", "", ""), ("", "", "", ""),
    ],
)  # fmt: skip
def test_seriousness(code, serious, death, hospital):
    (row,) = rows(sample.event("a", "p1", "3", seriousness={"coding": [{"code": code}]}))
    assert picked(row, "SERIOUS", "DEATH", "HOSPITAL") == (serious, death, hospital)


def test_drugs_that_are_judged_differently_have_no_one_judgement():
    def suspect(drug, *judged):
        return {"instance": {"reference": f"Medication/{drug}", "display": drug},
                "causality": [{"assessment": {"text": j}} for j in judged]}  # fmt: skip

    (row,) = rows(
        sample.event("a", "p1", "3", suspectEntity=[suspect("A", "none"), suspect("B", "Probable")])
    )
    assert picked(row, "CAUSALITY", "CAUSALITIES") == ("", "A: NONE; B: PROBABLE")
    (row,) = rows(sample.event("a", "p1", "3", suspectEntity=[suspect("A", "none"), suspect("B")]))
    assert row["CAUSALITY"] == ""  # one of them is not judged


@pytest.mark.parametrize(
    ("status", "given", "removed"),
    [("completed", "Y", "N"), ("in-progress", "Y", "N"), ("stopped", "Y", "N"),
     ("not-done", "N", "N"), ("on-hold", "", "N"), ("unknown", "", "N"),
     ("entered-in-error", "", "Y")],
)  # fmt: skip
def test_an_administration(status, given, removed):
    reason = [{"text": "adverse event"}]
    (row,) = rows(
        sample.given("m", "p1", "2024-03-01T08:00:00+08:00")
        | {"status": status, "statusReason": reason}
    )
    assert picked(row, "GIVEN", "REMOVED", "DRUG", "DOSE", "UNIT", "REASON") == (
        given, removed, "DRUG", "10", "mg", "adverse event",
    )  # fmt: skip


def test_a_drug_within_the_resource_keeps_its_name():
    whole = sample.given("m", "p1", "2024-03-01")
    del whole["medicationCodeableConcept"]
    inside = {"resourceType": "Medication", "id": "d", "code": {"text": "ALPHA"}}
    (row,) = rows(whole | {"contained": [inside], "medicationReference": {"reference": "#d"}})
    assert row["DRUG"] == "ALPHA"
    told = {"reference": "Medication/9", "display": "BETA"}
    (row,) = rows(whole | {"medicationReference": told})
    assert row["DRUG"] == "BETA"


@pytest.mark.parametrize(
    ("told", "expected"),
    [({}, ("F", "", "")), ({"deceasedBoolean": True}, ("F", "Y", "")),
     ({"deceasedBoolean": False}, ("F", "N", "")), ({"gender": "other"}, ("U", "", "")),
     ({"deceasedDateTime": "2024-03-20"}, ("F", "Y", "2024-03-20"))],
)  # fmt: skip
def test_a_patient(told, expected):
    (row,) = rows(sample.patient("p1", "S1") | told)
    assert picked(row, "SEX", "DIED", "DIEDDATE") == expected
    assert row["AGE"] == "60"


def test_what_is_kept_of_a_patient():
    whole = sample.patient("p1", "S1") | {
        "name": [{"family": "x"}], "birthDate": "1964-02-03", "address": [{}], "photo": [{}],
        "contact": [{}], "contained": [{}], "text": {"div": "x"}, "_birthDate": {},
        "identifier": [{"system": sample.SYSTEM, "value": "S1", "assigner": {"display": "x"}},
                       {"system": "urn:mrn", "value": "7"}],
        "extension": [{"url": "urn:race", "valueString": "x"}],
        "meta": {"lastUpdated": "2024-03-11T01:00:00Z", "tag": [{"display": "x"}]},
    }  # fmt: skip
    assert strip.stripped(whole, [sample.AGE], sample.SYSTEM) == {
        "resourceType": "Patient", "id": "p1", "gender": "female",
        "meta": {"lastUpdated": "2024-03-11T01:00:00Z"},
        "identifier": [{"system": sample.SYSTEM, "value": "S1"}],
    }  # fmt: skip


def test_a_reference_to_a_person_keeps_no_name():
    kept = strip.stripped(
        sample.laboratory("o", "p1", "751-8", "1", "2024-03-10")
        | {"device": {"reference": "Device/1", "display": "Jo", "identifier": {"value": "7"}},
           "performer": [{"display": "Jo"}], "note": [{"text": "Jo"}]},
        [], sample.SYSTEM,
    )  # fmt: skip
    assert kept["device"] == {"reference": "Device/1"}
    assert "Jo" not in str(kept)
    assert "subject" not in kept  # the line says whose it is
