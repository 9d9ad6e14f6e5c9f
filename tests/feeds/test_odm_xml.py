"""ODM-XML 1.3: a row an item group, what was changed or taken away, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from safety.errors import HeldDeliveryError
from safety.feeds import kinds
from safety.feeds.odm_xml import events
from safety.feeds.odm_xml.sample import declaration, write_sample
from safety.intake.current import Part
from safety.intake.records import canonical, combined
from safety.study.feeds import Feed
from tests import trial

PREFIX = "NCT06038461-001-"
SUBJECTS = [PREFIX + "101", PREFIX + "103"]
EXAMPLE = Path(__file__).parents[2] / "examples" / "nct06038461"
KEY = ["SubjectKey", "StudyEventOID", "StudyEventRepeatKey", "ItemGroupRepeatKey"]
AE: dict[str, Any] = {
    "record": "adverse_event", "key": KEY, "groups": ["AE_LOG"], "updated": "DateTimeStamp",
    "deleted": {"column": "TransactionType", "values": ["Remove"]},
    "columns": {"AETERM": "AE.TERM", "STDTC": "AE.START", "ENDTC": "AE.END",
                "AETOXGR": "AE.GRADE"},
    "values": {"STUDYID": {"T1(Prod)": "T1"}},
}  # fmt: skip
ROW = (
    '<ItemData ItemOID="AE.TERM" Value="Nausea"/><ItemData ItemOID="AE.START" Value="2024-03-05"/>'
)


def feed(delivers: str = "changes", **changes: Any) -> Feed:
    return Feed.model_validate(
        {"id": "edc", "kind": "odm_xml", "path": "f/{day}", "delivers": delivers,
         "domains": {"AE": AE | changes}}
    )  # fmt: skip


def odm(*groups: str, study: str = "T1(Prod)", before: str = "", **head: str) -> str:
    told = {"ODMVersion": "1.3", "FileType": "Transactional", "FileOID": "x",
            "CreationDateTime": "2024-03-10T08:00:00"} | head  # fmt: skip
    attributes = " ".join(f'{name}="{value}"' for name, value in told.items())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}'
        f'<ODM xmlns="{events.ODM}" xmlns:mdsol="http://www.mdsol.com/ns/odm/metadata" '
        f'{attributes}><ClinicalData StudyOID="{study}" MetaDataVersionOID="1">'
        f'<SubjectData SubjectKey="S1"><SiteRef LocationOID="001"/>'
        f'<StudyEventData StudyEventOID="LOGS"><FormData FormOID="AE">{"".join(groups)}'
        "</FormData></StudyEventData></SubjectData></ClinicalData></ODM>"
    )


def group(
    items: str = ROW, kind: str = "Insert", at: str = "2024-03-06T10:00:00", n: int = 1
) -> str:
    stamp = f"<AuditRecord><DateTimeStamp>{at}</DateTimeStamp></AuditRecord>"
    return (
        f'<ItemGroupData ItemGroupOID="AE_LOG" ItemGroupRepeatKey="{n}" TransactionType="{kind}">'
        f"{stamp}{items}</ItemGroupData>"
    )


def item(oid: str, value: str = "", more: str = "") -> str:
    return f'<ItemData ItemOID="{oid}" Value="{value}" {more}/>'


def rows(tmp_path: Path, text: str, given: Feed | None = None) -> pd.DataFrame:
    path = tmp_path / "x.xml"
    path.write_text(text, "utf-8")
    return kinds.load(path, "x.xml", given or feed(), "AE").frame


def current(tmp_path: Path, *texts: str) -> list[dict[str, str]]:
    """The events that count after some files, one a day."""
    parts = [
        Part(f"{n}.xml", rows(tmp_path, text), f"2024-03-{n:02}T23:59:59")
        for n, text in enumerate(texts, start=10)
    ]
    columns = ["AETERM", "AETOXGR", "STDTC", "ENDTC"]
    found = combined(parts, feed(), "AE", "Asia/Shanghai").records[columns]
    return found.fillna("-").to_dict("records")


def test_a_row_an_item_group_a_column_an_item(tmp_path) -> None:
    found = rows(tmp_path, odm(group(), group(n=2)))
    first = found.iloc[0].dropna().to_dict()
    assert first == {
        "StudyOID": "T1(Prod)", "MetaDataVersionOID": "1", "SubjectKey": "S1", "LocationOID": "001",
        "StudyEventOID": "LOGS", "StudyEventRepeatKey": "1", "FormOID": "AE", "FormRepeatKey": "1",
        "ItemGroupOID": "AE_LOG", "ItemGroupRepeatKey": "1", "TransactionType": "Insert",
        "DateTimeStamp": "2024-03-06T10:00:00", "AE.TERM": "Nausea", "AE.START": "2024-03-05",
    }  # fmt: skip
    assert found["ItemGroupRepeatKey"].tolist() == ["1", "2"]


def test_typed_items_units_and_the_subject_of_a_vendor(tmp_path) -> None:
    typed = (
        '<ItemDataString ItemOID="AE.TERM">Nausea &amp; more</ItemDataString>'
        '<ItemDataDate ItemOID="AE.START">2024-03-05</ItemDataDate>'
        '<ItemData ItemOID="AE.DOSE" Value="5"><MeasurementUnitRef MeasurementUnitOID="MU.1"/>'
        '</ItemData><ItemDataFloat ItemOID="AE.W" MeasurementUnitOID="MU.2">7.5</ItemDataFloat>'
    )
    text = odm(group(typed)).replace('SubjectKey="S1"', 'SubjectKey="S1" mdsol:SubjectName="101"')
    found = rows(tmp_path, text).iloc[0]
    assert found[["AE.TERM", "AE.START"]].tolist() == ["Nausea & more", "2024-03-05"]
    assert found[["AE.DOSE", "AE.DOSE.unit"]].tolist() == ["5", "MU.1"]
    assert found[["AE.W", "AE.W.unit"]].tolist() == ["7.5", "MU.2"]
    assert found["SubjectName"] == "101"
    sly = text.replace("mdsol:SubjectName", "mdsol:StudyOID")
    assert rows(tmp_path, sly)["StudyOID"].tolist() == ["T1(Prod)"]


def test_the_newest_time_of_the_audit_of_a_row_is_its_own(tmp_path) -> None:
    later = "<AuditRecord><DateTimeStamp>2024-03-07T09:00:00</DateTimeStamp></AuditRecord>"
    inner = f'<ItemData ItemOID="AE.TERM" Value="Nausea">{later}</ItemData>'
    assert rows(tmp_path, odm(group(inner + item("AE.START", "2024-03-05"))))[
        "DateTimeStamp"
    ].tolist() == ["2024-03-07T09:00:00"]


def test_an_update_changes_the_cells_it_names_and_leaves_the_others(tmp_path) -> None:
    first = odm(group(ROW + item("AE.GRADE", "2") + item("AE.END", "2024-03-09")))
    newer = group(item("AE.GRADE", "4"), "Update", "2024-03-11T10:00:00")
    emptied = group(item("AE.END", more='IsNull="Yes"'), "Update", "2024-03-12T10:00:00")
    event = {"AETERM": "Nausea", "STDTC": "2024-03-05"}
    assert current(tmp_path, first, odm(newer)) == [event | {"AETOXGR": "4", "ENDTC": "2024-03-09"}]
    assert current(tmp_path, first, odm(newer), odm(emptied)) == [
        event | {"AETOXGR": "4", "ENDTC": "-"}
    ]
    assert current(tmp_path, odm(group(ROW + item("AE.GRADE", "2")), newer)) == [
        event | {"AETOXGR": "4", "ENDTC": "-"}
    ]


def test_a_whole_row_replaces_the_one_before_with_its_empty_cells(tmp_path) -> None:
    first = odm(group(ROW + item("AE.GRADE", "2")))
    again = odm(group(at="2024-03-11T10:00:00"))
    assert [e["AETOXGR"] for e in current(tmp_path, first, again)] == ["-"]


def test_a_snapshot_holds_whole_rows_whatever_it_calls_them(tmp_path) -> None:
    found = rows(tmp_path, odm(group(kind="Upsert"), FileType="Snapshot"), feed("snapshot"))
    assert found["(partial)"].isna().all()


def test_an_update_that_came_without_its_row_is_no_whole_event(tmp_path) -> None:
    newer = group(item("AE.GRADE", "4"), "Update")
    assert current(tmp_path, odm(newer)) == [
        {"AETERM": "-", "AETOXGR": "4", "STDTC": "-", "ENDTC": "-"}
    ]


def test_a_removed_row_is_taken_away_and_may_come_back(tmp_path) -> None:
    gone = odm(group("", "Remove", "2024-03-11T10:00:00"))
    back = odm(group(at="2024-03-12T10:00:00"))
    assert current(tmp_path, odm(group()), gone) == []
    assert len(current(tmp_path, odm(group()), gone, back)) == 1


LEVELS = ("SubjectData", "StudyEventData", "FormData")


def stamped(at: str) -> str:
    return f"<AuditRecord><DateTimeStamp>{at}</DateTimeStamp></AuditRecord>"


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("kind", ["Insert", "Update", "Upsert", "Context"])
def test_what_stands_in_a_removed_level_is_removed_whatever_it_says(tmp_path, level, kind) -> None:
    inner = odm(group(kind=kind, at="2024-03-11T10:00:00"))
    gone = inner.replace(f"<{level} ", f'<{level} TransactionType="Remove" ')
    assert current(tmp_path, odm(group()), gone) == []
    kept = inner.replace(f"<{level} ", f'<{level} TransactionType="Context" ')
    assert len(current(tmp_path, odm(group()), kept)) == 1


@pytest.mark.parametrize(
    ("one", "other", "newest"),
    [
        ("2024-03-05T10:00:00+08:00", "2024-03-05T09:00:00Z", "2024-03-05T09:00:00Z"),
        ("2024-03-05T09:00:00Z", "2024-03-05T10:00:00+08:00", "2024-03-05T09:00:00Z"),
        ("2024-03-05T10:00:00.250", "2024-03-05T10:00:00", "2024-03-05T10:00:00.250"),
        ("2024-03-05T10:00:00", "zzz", "2024-03-05T10:00:00"),
        ("zzz", "2024-03-05T10:00:00", "2024-03-05T10:00:00"),
    ],
)
def test_the_newest_audit_time_is_the_latest_moment(tmp_path, one, other, newest) -> None:
    found = rows(tmp_path, odm(group(ROW + stamped(other), at=one)))
    assert found["DateTimeStamp"].tolist() == [newest]


def test_the_newest_audit_time_of_outer_levels_counts_as_well(tmp_path) -> None:
    subject, form = "2024-03-12T10:00:00", "2024-03-11T10:00:00"
    text = odm(group()).replace("<SiteRef ", stamped(subject) + "<SiteRef ")
    text = text.replace('FormOID="AE">', f'FormOID="AE">{stamped(form)}')
    assert rows(tmp_path, text)["DateTimeStamp"].tolist() == [subject]


def test_audit_times_with_and_without_an_offset_are_not_compared(tmp_path) -> None:
    text = odm(group(ROW + stamped("2024-03-05T09:00:00Z")))
    message = "with and without an offset: 2024-03-06T10:00:00, 2024-03-05T09:00:00Z"
    with pytest.raises(HeldDeliveryError, match=message):
        rows(tmp_path, text)


def test_a_file_without_rows_of_a_domain_has_its_columns(tmp_path) -> None:
    found = rows(tmp_path, odm())
    assert len(found) == 0
    assert {"AE.TERM", "AE.START", "AE.END", "SubjectKey"} <= set(found.columns)


def test_an_item_that_was_renamed_is_missed_and_one_that_is_only_empty_is_not(tmp_path) -> None:
    found = rows(tmp_path, odm(group()))
    assert {"AE.END", "AE.GRADE"} <= set(found.columns)  # nobody filled them
    renamed = rows(tmp_path, odm(group(ROW.replace("AE.TERM", "AE.NAME"))))
    assert "AE.TERM" not in renamed.columns


def test_a_file_that_describes_its_item_groups_says_what_may_be_empty(tmp_path) -> None:
    described = (
        '<Study OID="T1"><MetaDataVersion OID="1"><ItemGroupDef OID="AE_LOG" Name="AE">'
        '<ItemRef ItemOID="AE.TERM"/><ItemRef ItemOID="AE.START"/><ItemRef ItemOID="AE.END"/>'
        "</ItemGroupDef></MetaDataVersion></Study><ClinicalData "
    )
    found = rows(tmp_path, odm(group()).replace("<ClinicalData ", described, 1))
    assert "AE.END" in found.columns
    assert "AE.GRADE" not in found.columns  # the item is gone from the form


def test_groups_that_no_domain_names_are_told(tmp_path) -> None:
    other = group().replace("AE_LOG", "CM_LOG")
    path = tmp_path / "x.xml"
    path.write_text(odm(group(), other), "utf-8")
    assert kinds.load(path, "x.xml", feed(), "AE").others == ("item group CM_LOG",)
    ignored = feed().model_copy(update={"ignore": ["CM_LOG"]})
    assert kinds.load(path, "x.xml", ignored, "AE").others == ()


def test_a_row_of_another_environment_is_of_another_study(tmp_path) -> None:
    raw = rows(tmp_path, odm(group(), study="T1(UAT)"))
    found = canonical(raw, feed(), "AE", "x.xml")
    assert found.records["STUDYID"].tolist() == ["T1(UAT)"]
    assert [u.value for u in found.unmapped or ()] == ["T1(UAT)"]


BOMB = '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>'
XXE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (odm(before=BOMB), "it has a DOCTYPE"),
        (odm(before=XXE), "it has a DOCTYPE"),
        (odm(before='<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">'), "it has a DOCTYPE"),
        (odm(group("&a;")), "it is damaged or cut off: line 1, column 564, undefined entity"),
        (odm(group())[:-30], "it is damaged or cut off"),
        (odm(group()).replace("</FormData>", "", 1), "mismatched tag"),
        ("", "it is damaged or cut off: line 1, column 0, no element found"),
        ("<html/>", "this is no ODM-XML 1.3"),
        (odm(group()).replace(events.ODM, "http://www.cdisc.org/ns/odm/v2.0"), "no ODM-XML 1.3"),
        (odm(ODMVersion="2.0"), "this is no ODM-XML 1.3"),
        (odm().replace("UTF-8", "gb18030"), "its encoding cannot be read"),
        (odm().replace("UTF-8", "no-such"), "its encoding cannot be read"),
        (odm(group(item("AE.TERM", "x") * 2)), "item AE.TERM occurs twice in one item group"),
        (odm(group(item("", "x"))), "an item has no ItemOID of its own"),
        (odm(group(item("SubjectKey", "S2"))), "an item has no ItemOID of its own"),
        (odm(group(item("(partial)", "Y"))), r"an item has no ItemOID of its own"),
        (odm(group(group())), "ItemGroupData stands in ItemGroupData"),
        (odm(group(item("AE.TERM", "x" * 100_001))), "an attribute has more than 100,000"),
        (odm(group(f"<ItemDataString ItemOID='A'>{'x' * 100_001}</ItemDataString>")),
         "an element has more than 100,000 characters"),
        (odm("<a>" * 70 + "</a>" * 70), "nested more than 60 deep"),
        (odm(group("".join(item(f"I{n}", "x") for n in range(2_100)))), "more than 2,000 items"),
        (odm().replace('FormOID="AE"', 'FormOID="AE" TransactionType="Remove"'),
         "FormData AE is removed without its item groups"),
    ],
)  # fmt: skip
def test_what_is_no_sound_odm_is_held(tmp_path, text, message) -> None:
    with pytest.raises(HeldDeliveryError, match=message):
        rows(tmp_path, text)


@pytest.mark.parametrize(("limit", "value"), [("MAX_COLUMNS", 15), ("MAX_CELLS", 30)])
def test_a_table_is_no_larger_than_it_may_be(tmp_path, monkeypatch, limit, value) -> None:
    text = odm(group(), group(n=2))
    assert len(rows(tmp_path, text)) == 2
    monkeypatch.setattr(f"safety.feeds.odm_xml.reader.{limit}", value)
    with pytest.raises(HeldDeliveryError, match=r"AE has 1\d items in 2 rows"):
        rows(tmp_path, text)


def test_rows_are_no_more_than_they_may_be(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(events, "MAX_ROWS", 1)
    with pytest.raises(HeldDeliveryError, match="it has more than 1 item groups"):
        rows(tmp_path, odm(group(at="2024-01-01T00:00:00"), group(n=2)))


def test_transactions_are_no_whole_extract(tmp_path) -> None:
    with pytest.raises(HeldDeliveryError, match="the feed delivers whole extracts"):
        rows(tmp_path, odm(group()), feed("snapshot"))


def test_a_removed_row_needs_a_domain_that_says_how_rows_are_deleted(tmp_path) -> None:
    text = odm(group("", "Remove"))
    with pytest.raises(HeldDeliveryError, match="whose deleted rows the study does not name"):
        rows(tmp_path, text, feed(deleted=None))
    assert len(rows(tmp_path, text)) == 1


@pytest.mark.parametrize("style", ["rave", "openclinica"])
def test_the_samples_hold_the_records_of_the_folder_they_were_made_of(tmp_path, style) -> None:
    path = tmp_path / "export.xml"
    given = Feed.model_validate(declaration(EXAMPLE, style, PREFIX))
    written = write_sample(EXAMPLE, path, style, SUBJECTS, PREFIX)
    plain = trial.study().feeds[0].model_copy(update={"subject_prefix": ""})
    found = 0
    for name, domain in given.domains.items():
        mine = canonical(kinds.load(path, path.name, given, name).frame, given, name, path.name)
        source = EXAMPLE / f"{name.lower()}.csv"
        theirs = canonical(kinds.load(source, source.name, plain, name).frame, plain, name, "x")
        assert told(mine.records) == told(theirs.records), (name, domain.record)
        found += len(mine.records)
    assert found == written == 377


def told(records: pd.DataFrame) -> list[tuple[str, ...]]:
    """Rows of the sample's subjects without their places, in an order of their own."""
    places = ["KEY", "SRCFILE", "SRCROW", "FEED"]
    chosen = records[records["USUBJID"].isin(SUBJECTS)].drop(columns=places)
    cells = chosen.astype("str").fillna("-").reindex(columns=sorted(chosen.columns))
    return sorted(tuple(row) for row in cells.to_numpy().tolist())
