"""Every kind of feed is whole, and what the study file says of a feed is done for all kinds."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import pandas as pd
import pytest
import yaml

from safety.errors import HeldDeliveryError, StudyError
from safety.feeds import kinds
from safety.feeds.dataset import FORM, require_names
from safety.feeds.mapping import feed_mapping
from safety.intake.findings import of_rows
from safety.intake.records import Unmapped, canonical
from safety.study import load
from safety.study.feeds import Feed, FeedKind, RecordKind
from tests import build, trial

CELLS = {"date": "DD/MM/YYYY", "time": "HH:MM", "timezone": "Asia/Shanghai", "decimal": ",",
         "thousands": "."}  # fmt: skip
LAB: dict[str, Any] = {
    "id": "lab", "kind": "central_lab", "path": "feeds/lab", "cells": CELLS,
    "domains": {
        "LB": {
            "record": "measurement", "key": ["ID"],
            "columns": {"USUBJID": "SUBJECT", "PARAMCD": "TEST", "AVALC": "RESULT",
                        "AVALU": "UNIT", "ANRLOC": "", "ANRHIC": "", "ADTC": "DAY"},
            "constants": {"STUDYID": "T1", "SPEC": "BLOOD"},
        },
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", get_args(FeedKind))
def test_a_kind_is_a_folder_with_reader_mapping_and_sample(kind) -> None:
    assert all(s.startswith(".") and s == s.lower() for s in kinds.reader(kind).SUFFIXES)
    assert callable(kinds.reader(kind).load_domain)
    assert import_module(f"safety.feeds.{kind}.sample").__doc__
    sdtm = feed_mapping("sdtm_folder")
    for record, mapped in feed_mapping(kind).items():
        assert record in get_args(RecordKind)
        assert set(mapped["columns"]) == set(sdtm[record]["columns"])
        assert set(mapped.get("fields", [])) <= set(mapped["columns"])


def test_a_file_is_of_the_domain_it_is_named_after_or_of_all() -> None:
    domain = {"record": "subject", "key": ["USUBJID"]}
    flat = Feed(id="a", kind="sdtm_folder", path="f", domains={"DM": domain})
    assert kinds.domains_of("dm.xpt", flat) == ("DM",)
    assert kinds.domains_of("dm_2024.xpt", flat) == ()
    daily = flat.model_copy(update={"path": "f/{day}"})
    assert kinds.domains_of("2024-03-05/dm_2024.xpt", daily) == ("DM",)
    assert kinds.domains_of("dm.xml", daily) == ()
    groups = {"DM": domain | {"groups": ["DM"]}, "AE": domain | {"groups": ["AE"]}}
    odm = Feed(id="b", kind="odm_xml", path="f", domains=groups)
    assert kinds.domains_of("whatever.XML", odm) == ("DM", "AE")
    assert kinds.domains_of("dm.csv", odm) == ()


def test_a_name_that_readers_add_is_refused() -> None:
    with pytest.raises(HeldDeliveryError, match=r"column \(partial\) has a name of our own"):
        require_names(pd.DataFrame({"USUBJID": ["S1"], "(partial)": ["Y"]}), "lb.csv")
    require_names(pd.DataFrame({"USUBJID": ["S1"]}), "lb.csv")


def feed(**changes: Any) -> Feed:
    domain = {"record": "measurement", "key": ["USUBJID", "LBSEQ"]} | changes
    return Feed(id="f", kind="sdtm_folder", path="f", subject_prefix="T1-", domains={"LB": domain})


def row(
    test: str, unit: str | None = "10^9/L", subject: str | None = "S1"
) -> dict[str, str | None]:
    return build.measurement(test, "1.2", unit, "2024-03-05", USUBJID=subject, LBSEQ="1")


def test_codes_are_told_by_the_declared_map_and_what_it_lacks_is_named() -> None:
    codes = {"PARAMCD": {"751-8": "NEUT", "777-3": "PLAT"}}
    raw = build.text_frame([row("751-8"), row("777-3"), row("ANC"), row("ANC", subject="S2")])
    found = canonical(raw, feed(values=codes), "LB", "lb.csv")
    assert found.records["PARAMCD"].tolist() == ["NEUT", "PLAT", "ANC", "ANC"]
    assert found.unmapped == (Unmapped("PARAMCD", "ANC", (3, 4)),)
    told = {f.check_id: f for f, _ in of_rows(found)}["IN-011"]
    assert (told.status, told.handling, told.rows) == ("fail", "query", (3, 4))
    assert told.note == "no map has: PARAMCD 'ANC' (2); kept as received."


def test_a_map_that_has_every_code_passes_and_a_domain_without_maps_is_not_judged() -> None:
    raw = build.text_frame([row("751-8"), row("751-8", unit=None, subject="S2")])
    found = canonical(raw, feed(values={"PARAMCD": {"751-8": "NEUT"}}), "LB", "lb.csv")
    assert found.unmapped == ()
    assert {f.check_id: f.status for f, _ in of_rows(found)}["IN-011"] == "pass"
    without = canonical(raw, feed(), "LB", "lb.csv")
    assert without.unmapped is None
    assert "IN-011" not in {f.check_id for f, _ in of_rows(without)}


def test_maps_do_not_follow_each_other_and_a_missing_value_stays_missing() -> None:
    codes = {"AVALU": {"a": "b", "b": "c"}}
    rows = [row("NEUT", "a"), row("NEUT", "b", "S2"), row("NEUT", None, "S3")]
    found = canonical(build.text_frame(rows), feed(values=codes), "LB", "lb.csv")
    assert found.records["AVALU"].fillna("-").tolist() == ["b", "c", "-"]
    assert found.unmapped == ()


def test_a_subject_of_the_source_gets_the_prefix_of_the_feed() -> None:
    raw = build.text_frame([row("NEUT"), row("NEUT", subject=None)])
    found = canonical(raw, feed(), "LB", "lb.csv")
    assert found.records["USUBJID"].fillna("-").tolist() == ["T1-S1", "-"]
    assert found.records["FORM"].isna().all()  # SDTM is of one form: there is nothing to say
    assert FORM not in found.raw


def problems(tmp_path, *feeds: dict[str, Any]) -> list[str]:
    content = trial.study().model_dump(mode="json") | {"feeds": [trial_feed(), *feeds]}
    path = tmp_path / "t1.yaml"
    path.write_text(yaml.safe_dump(content), "utf-8")
    try:
        load.load(path)
    except StudyError as error:
        return error.problems
    return []


def trial_feed() -> dict[str, Any]:
    domains = {n: d for n, d in trial.DOMAINS.items() if n != "LB"}
    return {"id": "sdtm", "kind": "sdtm_folder", "path": "f", "domains": domains}


def lab(changes: dict[str, Any] | None = None, **domain: Any) -> dict[str, Any]:
    return LAB | {"domains": {"LB": LAB["domains"]["LB"] | domain}} | (changes or {})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (lab(), ""),
        (lab({"cells": None}), "feed lab is of kind central_lab: say how its cells are written"),
        (lab({"kind": "sdtm_folder"}), "feed lab is of kind sdtm_folder: it has no cells"),
        (lab(groups=["LB"]), "domain LB is of kind central_lab: it has no groups"),
        (lab({"kind": "odm_xml", "cells": None}), "domain LB is of kind odm_xml: name its groups"),
        (lab(record="adverse_event"), "LB: a feed of kind central_lab has no record adverse_event"),
        (lab(constants={}), "LB: nothing says where STUDYID, SPEC stands"),
        (lab(values={"PARAM_CD": {"a": "b"}}), "values names PARAM_CD, which is no field"),
        (lab(columns=LAB["domains"]["LB"]["columns"] | {"USUBJID": ""}), "name the column"),
        (lab({"cells": CELLS | {"date": "D/M/YY"}}), "Input should be 'YYYY-MM-DD'"),
        (lab({"cells": CELLS | {"timezone": "Mars/Base"}}), "this is no IANA time zone"),
        (lab({"cells": CELLS | {"thousands": ","}}), "decimal and thousands are both ','"),
        (lab({"cells": CELLS | {"time": "", "time_columns": {"DAY": "T"}}}), "write their form"),
        (lab({"cells": {"date": "DD/MM/YYYY"}}), "Field required"),
    ],
)  # fmt: skip
def test_the_check_of_a_study_file_says_what_is_wrong_with_a_feed(tmp_path, given, message) -> None:
    found = problems(tmp_path, given)
    assert message in "; ".join(found)
    assert bool(found) == bool(message)


def test_the_feeds_of_the_documentation_are_feeds() -> None:
    text = (Path(__file__).parents[2] / "docs" / "feeds.md").read_text("utf-8")
    blocks = [yaml.safe_load(b.partition("```")[0]) for b in text.split("```yaml")[1:]]
    assert [Feed.model_validate(b[0]).kind for b in blocks] == ["odm_xml", "central_lab"]
