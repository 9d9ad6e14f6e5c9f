"""Records that trials have besides: canonical fields, dates, and domains that need not come."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from safety.errors import HeldDeliveryError
from safety.feeds.mapping import feed_mapping
from safety.intake.deliveries import files_by_domain
from safety.intake.records import canonical, without_file
from safety.manifest import FeedDelivery, Landed
from safety.study.feeds import Domain, Feed, RecordKind
from tests import trial
from tests.build import event, measurement, text_frame

FEED = trial.study().feeds[0]


@pytest.mark.parametrize(
    ("domain", "row", "expected"),
    [
        ("SUPPAE", trial.supplement("aesymp", "y", RDOMAIN="ae", IDVAR="aeseq"),
         {"RDOMAIN": "AE", "IDVAR": "AESEQ", "IDVARVAL": "1", "QNAM": "AESYMP", "QVAL": "y",
          "KEY": "SUPPAE|S1|ae|aeseq|1|aesymp"}),
        ("CM", trial.medication("2024-03", CMOCCUR="y"),
         {"TRT": "Imodium", "DECOD": "LOPERAMIDE", "CAT": "SUPPORTIVE CARE", "INDC": "DIARRHEA",
          "OCCUR": "Y", "STDTMIN": "2024-03-01", "STDTMAX": "2024-03-31", "STDTSTATE": "partial",
          "ENDTMIN": "2024-03-07", "DOMAIN": "CM", "SRCFILE": "cm.csv", "SRCROW": 1}),
        ("PR", trial.procedure(), {"TRT": "Platelet transfusion", "STDTMIN": "2024-03-05",
                                   "ENDTSTATE": "missing"}),
        ("DS", trial.disposition(), {"DECOD": "DEATH", "TERM": "Died", "STDTMIN": "2024-03-20"}),
        ("SV", trial.visit(VISITNUM="4"), {"VISIT": "CYCLE 2 DAY 1", "VISITNUM": "4",
                                           "STDTMIN": "2024-03-22"}),
        ("MH", trial.history("1999"), {"DECOD": "METASTASES TO LIVER", "TERM": "Liver mets",
                                       "STDTMAX": "1999-12-31"}),
        ("XDLT", trial.declaration(), {"TERM": "Fatigue", "TEXT": "grade 2 for the whole cycle",
                                       "STDTMIN": "2024-03-09", "SIGNEDBY": "chair",
                                       "SIGNEDMIN": "2024-03-25", "SIGNEDSTATE": "complete"}),
        ("EC", trial.given(ECOCCUR="n", ECREASOC="Adverse event", ECADJ="toxicity",
                           ECMOOD="performed"),
         {"OCCUR": "N", "REASON": "ADVERSE EVENT", "ADJ": "TOXICITY", "MOOD": "PERFORMED"}),
    ],
)  # fmt: skip
def test_fields(domain, row, expected) -> None:
    found = trial.records(domain, row).iloc[0].to_dict()
    assert {k: found[k] for k in expected} == expected


def test_fields_of_values_and_events() -> None:
    found = trial.records("LB", measurement(LBSEQ="1", LBCLSIG="n"))
    assert found["CLSIG"].tolist() == ["N"]
    assert trial.records("AE", event(AEGRPID="g1"))["GRPID"].tolist() == ["g1"]


def test_fields_not_delivered_are_missing() -> None:
    row = {k: v for k, v in trial.given().items() if k not in ("ECOCCUR", "ECREASOC")}
    found = canonical(text_frame([row]), FEED, "EC", "ec.csv")
    assert found.records[["OCCUR", "REASON", "ADJ", "MOOD"]].isna().all(axis=None)
    assert found.absent >= {"OCCUR", "REASON", "ADJ", "MOOD"}


def test_every_kind_of_record_has_a_mapping() -> None:
    assert sorted(feed_mapping("sdtm_folder")) == sorted(get_args(RecordKind))


@pytest.mark.parametrize(
    ("domain", "column"),
    [("SUPPAE", "QNAM"), ("CM", "CMTRT"), ("PR", "PRTRT"), ("DS", "DSDECOD"), ("SV", "VISIT"),
     ("XDLT", "SIGNEDBY")],
)  # fmt: skip
def test_a_file_without_a_needed_column_is_held(domain, column) -> None:
    make = {"SUPPAE": lambda: trial.supplement("AESYMP", "Y"), "CM": trial.medication,
            "PR": trial.procedure, "DS": trial.disposition, "SV": trial.visit,
            "XDLT": trial.declaration}[domain]  # fmt: skip
    with pytest.raises(HeldDeliveryError, match=f"column {column} is missing"):
        trial.records(domain, {k: v for k, v in make().items() if k != column})


def test_an_optional_file_may_have_no_rows() -> None:
    empty = text_frame([trial.medication()]).iloc[:0]
    found = canonical(empty, FEED, "CM", "cm.csv")
    assert (len(found.records), found.received, found.duplicates) == (0, 0, 0)
    needed = text_frame([trial.visit()]).iloc[:0]
    with pytest.raises(HeldDeliveryError, match="no rows"):
        canonical(needed, FEED, "SV", "sv.csv")


@pytest.mark.parametrize("kind", get_args(RecordKind))
def test_without_a_file_there_are_no_rows_but_all_fields(kind) -> None:
    domain = Domain(record=kind, key=["USUBJID"], optional=True)
    feed = Feed(id="f", kind="sdtm_folder", path="f", domains={"ZZ": domain})
    found = without_file(feed, "ZZ")
    wanted = {*feed_mapping("sdtm_folder")[kind]["columns"], "KEY", "SRCFILE", "SRCROW", "DOMAIN"}
    assert (len(found.records), found.received) == (0, 0)
    assert wanted <= set(found.records)


def test_only_a_domain_that_is_not_optional_needs_a_file() -> None:
    names = [f"{n.lower()}.csv" for n, d in FEED.domains.items() if not d.optional]
    delivery = FeedDelivery("sdtm", "x", tuple(Landed(n, "hash", 1) for n in names))
    assert sorted(files_by_domain(delivery, FEED)) == sorted(Path(n).stem.upper() for n in names)
    without_visits = FeedDelivery("sdtm", "x", delivery.files[:-1])
    assert delivery.files[-1].name == "sv.csv"
    with pytest.raises(HeldDeliveryError, match="no file for SV"):
        files_by_domain(without_visits, FEED)
