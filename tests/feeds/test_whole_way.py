"""From two servers to a verdict, and back when it is corrected."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from safety import pipeline, pulling
from safety.feeds import kinds
from safety.feeds.fhir import sample as fhir
from safety.feeds.redcap import sample as redcap
from safety.intake.current import Part
from safety.intake.records import combined
from safety.store.read import Store
from safety.study.feeds import Feed
from tests.feeds import served
from tests.feeds.fhir.server import FhirServer
from tests.feeds.redcap.server import RedcapServer
from tests.feeds.served import NOW, TOKEN

pytestmark = pytest.mark.xdist_group("pulls")  # what they share is made once

TOMORROW = NOW + timedelta(days=1)
FIRST, SECOND = "2024-03-25/pull_001.ndjson", "2024-03-26/pull_001.ndjson"


def run(used, now, **how):
    """Pull and run; return grades of neutrophils by day, reported grades, and rules met."""
    assert [p.error for p in served.pull_all(used, now, **how)] == ["", ""]
    pipeline.run(used, "t1", date(2024, 3, now.day), now=lambda: now)
    store = Store(used.db_url)
    shot = store.latest("T1")
    grades = store.frame("grade", shot.cut)
    low = grades[grades["TERM"].eq("Neutrophil count decreased") & grades["USUBJID"].eq("S1")]
    events = store.frame("adverse_event", shot.cut)
    rules = store.frame("rule_result", shot.cut)
    return (
        dict(zip(low["ADTMIN"], low["ATOXGR"].astype(int), strict=True)),
        dict(zip(events["AEDECOD"], events["AETOXGR"].fillna(""), strict=True)),
        set(rules["RULE"][rules["USUBJID"].eq("S1") & rules["STATE"].eq("met")]),
    )


def accounts(used, file):
    """Return received, accepted, superseded and deleted rows of a file by domain."""
    table = Store(used.db_url).deliveries("T1")
    names = ["RECEIVED", "ACCEPTED", "SUPERSEDED", "DELETED"]
    chosen = table[table["NAME"].eq(file)]
    rows = zip(chosen["DOMAIN"], chosen[names].astype(int).to_numpy().tolist(), strict=True)
    return {domain: tuple(counts) for domain, counts in rows if any(counts)}


def test_two_servers(tmp_path):
    with (
        served.serving(FhirServer(), "/fhir") as ehr,
        served.serving(RedcapServer(), "/api/") as edc,
    ):
        clinic, centre = fhir.domains("T1"), redcap.domains("T1")
        used = served.settings_of(
            tmp_path,
            served.feed("ehr", "fhir", {n: clinic[n] for n in ("EX", "LB", "VS")},
                        fhir.pull_settings(ehr.url)),
            served.feed("edc", "redcap", {n: centre[n] for n in ("DM", "AE")},
                        redcap.pull_settings(edc.url)),
        )  # fmt: skip
        assert run(used, NOW) == (
            {"2024-02-28": 0, "2024-03-10": 4}, {"Nausea": "3", "Fatigue": ""}, {"P1", "P2"},
        )  # fmt: skip
        ehr.clock = edc.clock = TOMORROW
        corrected = fhir.laboratory("o2", "p1", "751-8", "2.5", "2024-03-10T09:00:00+08:00")
        updated = {"meta": {"lastUpdated": "2024-03-26T01:00:00Z"}, "status": "corrected"}
        ehr.put(corrected | updated)
        edc.delete("S1", "adverse_events", "2024-03-25 20:00:00")
        found = run(used, TOMORROW, accepted="DM: both events were of another subject")
        assert found == ({"2024-02-28": 0, "2024-03-10": 0}, {}, set())
    assert accounts(used, SECOND) == {"AE": (2, 0, 0, 2), "LB": (1, 1, 0, 0)}
    assert accounts(used, FIRST) == {
        "AE": (2, 0, 2, 0), "DM": (2, 2, 0, 0), "EX": (2, 2, 0, 0), "LB": (3, 2, 1, 0),
        "VS": (2, 2, 0, 0),
    }  # fmt: skip
    kept = [p.read_bytes() for p in used.home.rglob("*") if p.is_file()]
    assert not any(TOKEN.encode() in content for content in kept)


def records(tmp_path, kind, sample, domain):
    """Return the canonical records of a domain of a sample, read as any delivery is."""
    path = sample.write(tmp_path)
    pull = sample.pull_settings("https://host.example.org/")
    feed = Feed.model_validate(served.feed("x", kind, sample.domains("T1"), pull))
    assert kinds.domains_of("2024-03-25/pull_001.ndjson", feed) == tuple(feed.domains)
    assert kinds.domains_of("lb.ndjson", feed) == ()
    data = kinds.load(path, path.name, feed, domain)
    return combined([Part(path.name, data.frame, "")], feed, domain, "Asia/Shanghai").records


@pytest.mark.parametrize(
    ("kind", "sample", "domain", "fields", "expected"),
    [
        ("fhir", fhir, "DM", ["KEY", "STUDYID", "USUBJID", "SEX", "AGE"],
         [["DM|p1", "T1", "S1", "F", 60.0], ["DM|p2", "T1", "S2", "F", 60.0]]),
        ("fhir", fhir, "AE", ["USUBJID", "AEDECOD", "AETOXGRN", "AESEV", "STDTMIN", "ENDTMAX"],
         [["S1", "Nausea", 3.0, "SEVERE", "2024-03-12", "2024-03-14"]]),
        ("fhir", fhir, "VS", ["KEY", "PARAMCD", "AVAL", "UCUM", "ADTC"],
         [["VS|b1#8480-6", "SYSBP", 121.0, "mm[Hg]", "2024-03-10T09:05:00"],
          ["VS|b1#8462-4", "DIABP", 78.0, "mm[Hg]", "2024-03-10T09:05:00"]]),
        ("redcap", redcap, "LB", ["KEY", "PARAMCD", "SPEC", "AVALC", "UCUM", "ANRLO", "ADTMIN"],
         [["LB|S1//1", "NEUT", "BLOOD", "3.6", "10*9/L", 1.8, "2024-02-28"],
          ["LB|S1//2", "NEUT", "BLOOD", "0.40", "10*9/L", 1.8, "2024-03-10"]]),
        ("redcap", redcap, "DM", ["USUBJID", "SEX", "AGE"], [["S1", "F", 60.0], ["S2", "M", 52.0]]),
        ("redcap", redcap, "AE", ["AESEQ", "AEREL", "AETOXGRN"],
         [["1", "POSSIBLE", 3.0], ["2", "POSSIBLE", -1.0]]),
    ],
)  # fmt: skip
def test_canonical_records_of_the_samples(tmp_path, kind, sample, domain, fields, expected):
    found = records(tmp_path, kind, sample, domain)
    assert found[fields].fillna({"AETOXGRN": -1.0}).to_numpy().tolist() == expected


def test_a_run_of_a_day_that_has_passed_asks_nobody(tmp_path):
    pull = fhir.pull_settings("http://127.0.0.1:1/fhir")
    used = served.settings(tmp_path, "fhir", fhir.domains("T1"), pull)
    how = pulling.How(resolver=served.secret, sleep=lambda _: None)
    assert pulling.for_run(used, "t1", date(2024, 3, 24), now=NOW, how=how) == []
    (found,) = pulling.for_run(used, "t1", None, now=NOW, how=how)
    assert "no answer (ConnectError" in found.error
