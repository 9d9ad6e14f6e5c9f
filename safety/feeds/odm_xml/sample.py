"""Write a folder of SDTM files as an export of Rave or of OpenClinica, and what reads it.

Every column of a domain is an item of one item group; the visit is the study event; the unit of a
result is a measurement unit. OpenClinica describes its item groups in the file, Rave does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Literal
from xml.etree import ElementTree as ET

from safety.feeds.mapping import feed_mapping
from safety.feeds.odm_xml.events import ODM, UNIT
from safety.feeds.sdtm_folder import reader
from safety.study.feeds import RecordKind

Style = Literal["rave", "openclinica"]
Row = dict[str, str]
DOMAINS: dict[str, RecordKind] = {
    "DM": "subject", "EC": "dose", "LB": "measurement", "VS": "measurement", "SV": "visit",
    "AE": "adverse_event", "SUPPAE": "supplement", "CM": "medication",
}  # fmt: skip
OWN = {"STUDYID", "DOMAIN", "USUBJID", "SUBJID", "SITEID"}  # what ODM itself tells
KEY = ["SubjectKey", "StudyEventOID", "FormOID", "ItemGroupOID", "ItemGroupRepeatKey"]
CREATED = "2024-06-05T21:30:00+08:00"
VENDOR = {
    "rave": {"xmlns:mdsol": "http://www.mdsol.com/ns/odm/metadata"},
    "openclinica": {"xmlns:OpenClinica": "http://www.openclinica.org/ns/odm_ext_v130/v3.1"},
}
ENVIRONMENT = {"rave": "(Prod)", "openclinica": ""}


def declaration(source: Path, style: Style, prefix: str) -> dict[str, Any]:
    """Return the feed of a study file that reads what `write_sample` makes of a folder."""
    rows = {name: _rows(source, name) for name in DOMAINS}
    studyid = rows["DM"][0]["STUDYID"]
    values = {"STUDYID": {studyid + ENVIRONMENT[style]: studyid}}
    subject = {"USUBJID": "StudySubjectID"} if style == "openclinica" else {}
    units = sorted({row[u] for n, r in rows.items() for row in r if (u := f"{n}ORRESU") in row})
    return {
        "id": "edc", "kind": "odm_xml", "path": f"feeds/{style}", "subject_prefix": prefix,
        "domains": {
            name: {
                "record": kind, "key": KEY, "groups": [_group(name, style)],
                "columns": subject | _columns(name, kind, rows[name][0], style),
                "values": values | (
                    {"AVALU": {f"MU_{n}": u for n, u in enumerate(units)}}
                    if kind == "measurement" else {}
                ),
            } | ({"coding": {"term": "AEDECOD"}} if name == "AE" else {})
            for name, kind in DOMAINS.items()
        },
    }  # fmt: skip


def _columns(name: str, kind: RecordKind, row: Row, style: Style) -> dict[str, str]:
    """Return where the fields of a domain stand."""
    known = {
        field: column.replace("--", name)
        for field, column in feed_mapping("sdtm_folder")[kind]["columns"].items()
    }
    found = {f: _item(name, c, style) for f, c in known.items() if c in row and c not in OWN}
    if "VISIT" in known and "VISIT" not in row:
        found["VISIT"] = ""  # else it would be the study event
    if kind == "measurement":
        result = _item(name, f"{name}ORRES", style)
        ranges = dict.fromkeys(("ANRLOC", "ANRHIC"), "")  # if the domain has none
        found = ranges | found | {"AVALC": result, "AVALU": result + UNIT}
    return found


def write_sample(
    source: Path, path: Path, style: Style, subjects: Sequence[str], prefix: str
) -> int:
    """Write the rows of some subjects of a folder as one ODM file; return how many rows.

    prefix: what a subject's USUBJID has before its key in the EDC.
    """
    rows = {name: _rows(source, name) for name in DOMAINS}
    studyid = rows["DM"][0]["STUDYID"] + ENVIRONMENT[style]
    units = sorted({row[u] for n, r in rows.items() for row in r if (u := f"{n}ORRESU") in row})
    root = ET.Element("ODM", {
        "xmlns": ODM, **VENDOR[style], "ODMVersion": "1.3", "FileType": "Snapshot",
        "FileOID": "sample", "CreationDateTime": CREATED,
    })  # fmt: skip
    if style == "openclinica":
        _describe(root, studyid, rows, style)
    data = ET.SubElement(root, "ClinicalData", StudyOID=studyid, MetaDataVersionOID="v1.0.0")
    for subject in subjects:
        dm = next(row for row in rows["DM"] if row["USUBJID"] == subject)
        element = _subject(data, subject.removeprefix(prefix), dm["SITEID"], style)
        for name in DOMAINS:
            own = [row for row in rows[name] if row["USUBJID"] == subject]
            _forms(element, name, own, units, style)
    path.parent.mkdir(parents=True, exist_ok=True)
    ET.indent(root, " ")
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
    return sum(row["USUBJID"] in subjects for name in DOMAINS for row in rows[name])


def _rows(source: Path, name: str) -> list[Row]:
    frame = reader.read(source / f"{name.lower()}.csv", f"{name.lower()}.csv").fillna("")
    return [{str(c): str(v) for c, v in row.items()} for row in frame.to_dict("records")]


def _group(name: str, style: Style) -> str:
    return f"{name}_LOG" if style == "rave" else f"IG_{name}_UNGROUPED"


def _item(name: str, column: str, style: Style) -> str:
    return f"{name}.{column}" if style == "rave" else f"I_{name}_{column}"


def _describe(root: ET.Element, studyid: str, rows: dict[str, list[Row]], style: Style) -> None:
    study = ET.SubElement(root, "Study", OID=studyid)
    version = ET.SubElement(study, "MetaDataVersion", OID="v1.0.0", Name="v1.0.0")
    for name in DOMAINS:
        group = ET.SubElement(version, "ItemGroupDef", OID=_group(name, style), Name=name)
        for column in (c for c in rows[name][0] if c not in OWN):
            ET.SubElement(group, "ItemRef", ItemOID=_item(name, column, style))


def _subject(data: ET.Element, key: str, site: str, style: Style) -> ET.Element:
    told = {"SubjectKey": key}
    if style == "openclinica":
        told = {"SubjectKey": "SS_" + key.replace("-", "_"), "OpenClinica:StudySubjectID": key}
    element = ET.SubElement(data, "SubjectData", told)
    ET.SubElement(element, "SiteRef", LocationOID=site)
    return element


def _forms(
    subject: ET.Element, name: str, rows: Iterable[Row], units: Sequence[str], style: Style
) -> None:
    """Add a study event a visit, with the rows of a domain as item groups of one form."""
    by_visit = sorted(rows, key=lambda row: row.get("VISIT", ""))
    for visit, of_visit in groupby(by_visit, key=lambda row: row.get("VISIT", "")):
        event = ET.SubElement(
            subject, "StudyEventData", StudyEventOID=visit.replace(" ", "_") or "COMMON"
        )
        form = ET.SubElement(event, "FormData", FormOID=name)
        for number, row in enumerate(of_visit, start=1):
            told = {"ItemGroupOID": _group(name, style), "ItemGroupRepeatKey": str(number)}
            group = ET.SubElement(form, "ItemGroupData", told, TransactionType="Upsert")
            _items(group, name, row, units, style)


def _items(group: ET.Element, name: str, row: Row, units: Sequence[str], style: Style) -> None:
    for column, value in row.items():
        if column in OWN or not value:
            continue
        told = {"ItemOID": _item(name, column, style), "Value": value}
        item = ET.SubElement(group, "ItemData", told)
        unit = row.get(f"{name}ORRESU", "")
        if column == f"{name}ORRES" and unit:
            oid = f"MU_{units.index(unit)}"
            ET.SubElement(item, "MeasurementUnitRef", MeasurementUnitOID=oid)
