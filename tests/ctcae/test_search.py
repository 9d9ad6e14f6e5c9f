"""Suggestions for what was written: spelling, word order, typing errors, usual names."""

from __future__ import annotations

import csv
from importlib import resources

import pytest

from safety.ctcae import catalogue
from safety.ctcae.search import suggest, synonyms


def _first(text: str, version: str = "5.0") -> str:
    return suggest(text, version)[0].term.term


@pytest.mark.parametrize(
    ("written", "term"),
    [
        ("anaemia", "Anemia"),
        ("Diarrhoea", "Diarrhea"),
        ("oedema face", "Edema face"),
        ("Intracranial haemorrhage", "Intracranial hemorrhage"),
        ("Hyperglycaemia", "Hyperglycemia"),
        ("Hypokalaemia", "Hypokalemia"),
        ("dyspnoea", "Dyspnea"),
        ("paraesthesia", "Paresthesia"),
        ("tumour lysis syndrome", "Tumor lysis syndrome"),
        ("dysaesthesia", "Dysesthesia"),
    ],
)
def test_british_spelling_finds_the_very_term(written, term) -> None:
    assert (_first(written), suggest(written, "5.0")[0].score) == (term, 100.0)


@pytest.mark.parametrize(
    ("written", "term"),
    [
        ("Neutropenia", "Neutrophil count decreased"),
        ("Thrombocytopenia", "Platelet count decreased"),
        ("Leukopenia", "White blood cell decreased"),
        ("leucopenia", "White blood cell decreased"),
        ("Lymphopenia", "Lymphocyte count decreased"),
        ("Pyrexia", "Fever"),
        ("Asthenia", "Fatigue"),
        ("Hyperbilirubinaemia", "Blood bilirubin increased"),
        ("Oedema peripheral", "Edema limbs"),
        ("Decreased appetite", "Anorexia"),
        ("Stomatitis", "Mucositis oral"),
        ("Blood creatinine increased", "Creatinine increased"),
        ("Electrocardiogram QT prolonged", "Electrocardiogram QT corrected interval prolonged"),
        ("QT prolonged", "Electrocardiogram QT corrected interval prolonged"),
        ("Gamma-glutamyltransferase increased", "GGT increased"),
    ],
)
def test_a_usual_name_leads_to_the_term(written, term) -> None:
    assert _first(written) == term
    assert suggest(written, "5.0")[0].synonym != ""


def test_hand_foot_syndrome_in_either_spelling() -> None:
    term = "Palmar-plantar erythrodysesthesia syndrome"
    assert _first("Palmar-plantar erythrodysaesthesia syndrome") == term
    assert _first("hand foot syndrome") == term


def test_a_usual_name_of_two_terms_suggests_both() -> None:
    assert [t.term for t in synonyms("Transaminases increased", "5.0")] == [
        "Alanine aminotransferase increased", "Aspartate aminotransferase increased"
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["Nausea", "Proteinuria", "Hyperglycemia"])
def test_a_term_is_no_synonym(name) -> None:
    assert synonyms(name, "5.0") == []
    assert suggest(name, "5.0")[0].synonym == ""


@pytest.mark.parametrize(
    ("written", "term"),
    [
        ("neutropenai", "Neutrophil count decreased"),
        ("diarhea", "Diarrhea"),
        ("increased lipase", "Lipase increased"),
        ("abdominal pain severe", "Abdominal pain"),
        ("creat", "Creatinine increased"),
        ("platelets low", "Platelet count decreased"),
        (
            "Cardiac disorders - Other, specify: patent foramen",
            "Cardiac disorders - Other, specify",
        ),
    ],
)
def test_typing_errors_and_word_order(written, term) -> None:
    assert _first(written) == term


def test_only_the_very_name_scores_100() -> None:
    assert [s.score for s in suggest("nausea", "5.0")][:1] == [100.0]
    assert all(s.score < 100 for s in suggest("nausea and vomiting", "5.0"))
    assert {s.term.term for s in suggest("nausea and vomiting", "5.0")} == {"Nausea", "Vomiting"}


@pytest.mark.parametrize("text", ["", "   ", "xyzzy", "??!", "恶心"])
def test_nothing_is_suggested_for_what_is_like_nothing(text) -> None:
    assert suggest(text, "5.0") == []


def test_names_of_the_other_version_are_understood() -> None:
    assert _first("Thrombocytopenia", "6.0") == "Thrombocytopenia"
    assert _first("Platelet count decreased", "6.0") == "Thrombocytopenia"
    assert _first("Edema limbs", "6.0") == "Peripheral edema"
    assert _first("DVT", "6.0") == "Venous thromboembolism"
    assert _first("ICANS", "6.0") == "Immune effector cell-associated neurotoxicity syndrome"


def test_the_number_of_suggestions_and_the_length_are_bounded() -> None:
    assert len(suggest("pain", "5.0", limit=3)) == 3
    assert len(suggest("pain", "5.0")) == 5
    assert suggest(" " * 200 + "nausea", "5.0") == []  # cut after 200 characters


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(ValueError, match="version '3' is not known"):
        suggest("nausea", "3")


def _rows() -> list[dict[str, str]]:
    place = resources.files("safety.ctcae").joinpath("data", "synonyms.csv")
    return list(csv.DictReader(place.read_text(encoding="utf-8").splitlines()))


def test_every_synonym_names_a_term_by_its_code() -> None:
    assert len(_rows()) > 300
    for row in _rows():
        found = [t for v in catalogue.versions() if (t := catalogue.by_code(row["meddra_code"], v))]
        assert {t.term for t in found} == {row["term"]}, row
        assert row["source"] == "usual clinical synonym"


def test_no_synonym_is_there_twice_or_is_a_term_itself() -> None:
    pairs = [(r["synonym"].casefold(), r["meddra_code"]) for r in _rows()]
    assert len(pairs) == len(set(pairs))
    in_v5 = [r for r in _rows() if catalogue.by_code(r["meddra_code"], "5.0")]
    assert [r["synonym"] for r in in_v5 if catalogue.by_name(r["synonym"], "5.0")] == []
