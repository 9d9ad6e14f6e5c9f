"""A small sound delivery of every format, written from one table, and the feed that reads it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any, NamedTuple
from xml.sax.saxutils import quoteattr

import pyarrow as pa
import pyarrow.parquet as pq

from safety.feeds.fhir import sample as fhir
from safety.feeds.odm_xml.events import ODM
from safety.feeds.redcap import sample as redcap
from safety.feeds.redcap.source import identity
from safety.feeds.sdtm_folder.sample import CREATED
from safety.study.feeds import Feed
from tests.faults.table import DAY, SUBJECT, UNIT, VALUE, Cell, Table
from tests.faults.xpt import encode_xpt

DAYS = ("2024-03-30", "2024-03-31")  # of a feed with a folder a day: a sound one, then the other
STAMP = "2024-03-29T08:00:00Z"
LB = {"record": "measurement", "key": ["USUBJID", "LBTESTCD", "VISITNUM", "LBDTC"]}
FIELDS = {
    "PARAMCD": "LBTESTCD", "SPEC": "LBSPEC", "AVALC": VALUE, "AVALU": UNIT, "ANRLOC": "LBORNRLO",
    "ANRHIC": "LBORNRHI", "NRIND": "LBNRIND", "STAT": "LBSTAT", "VISITNUM": "VISITNUM",
    "VISIT": "VISIT", "ADTC": DAY,
}  # fmt: skip
Encode = Callable[[Table], bytes]


class Format(NamedTuple):
    """A format: the feed that reads it, the file that is spoilt, and how a table becomes one."""

    name: str
    feed: Feed
    file: str
    encode: Encode

    @property
    def suffix(self) -> str:
        """Return the suffix of its file."""
        return "." + self.file.rpartition(".")[2]


def _csv(table: Table, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(table.head)
    writer.writerows([cell or "" for cell in row] for row in table.rows)
    return text.getvalue().encode(encoding)


def _gb18030(table: Table) -> bytes:
    return _csv(table, ";", "gb18030")


def _laboratory(table: Table) -> bytes:
    """Write days as DD/MM/YYYY and numbers with a decimal comma, others as they are."""
    rows = [
        [_german(h, cell) if cell else cell for h, cell in zip(table.head, row, strict=True)]
        for row in table.rows
    ]
    return _csv(Table(table.head, rows), ";", "gb18030")


def _german(column: str, cell: str) -> str:
    if column == DAY and cell[4:5] == "-":
        return "/".join(reversed(cell.split("-")))
    return cell.replace(".", ",") if column in {VALUE, "LBORNRLO", "LBORNRHI"} else cell


def _parquet(table: Table) -> bytes:
    columns = [
        pa.array([row[i] for row in table.rows], pa.string()) for i in range(len(table.head))
    ]
    held = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(columns, names=table.head), held)
    return held.getvalue()


def _head(table: Table) -> dict[str, Any]:
    columns = [{"itemOID": f"IT.LB.{c}", "name": c, "label": c, "dataType": "string"}
               for c in table.head]  # fmt: skip
    return {
        "datasetJSONCreationDateTime": CREATED, "datasetJSONVersion": "1.1.0",
        "itemGroupOID": "IG.LB", "records": len(table.rows), "name": "LB", "label": "LB",
        "columns": columns,
    }  # fmt: skip


def _json(table: Table) -> bytes:
    return json.dumps(_head(table) | {"rows": table.rows}, ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )


def _lines(*content: Any) -> bytes:
    lines = [json.dumps(c, ensure_ascii=False) for c in content]
    return ("\n".join(lines) + "\n").encode("utf-8", "surrogatepass")


def _ndjson(table: Table) -> bytes:
    return _lines(_head(table), *table.rows)


def _odm(table: Table) -> bytes:
    groups = "".join(_subject(n, table.head, row) for n, row in enumerate(table.rows, start=1))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<ODM xmlns="{ODM}" ODMVersion="1.3" FileType="Snapshot" FileOID="x" '
        f'CreationDateTime="{STAMP}">\n<ClinicalData StudyOID="T1" MetaDataVersionOID="1">\n'
        f"{groups}</ClinicalData></ODM>\n"
    ).encode("utf-8", "xmlcharrefreplace")


def _subject(number: int, head: list[str], row: list[Cell]) -> str:
    key = next((c for h, c in zip(head, row, strict=True) if h == SUBJECT), "") or ""
    items = "".join(
        f"<ItemData ItemOID={quoteattr(h)} Value={quoteattr(c)}/>"
        for h, c in zip(head, row, strict=True)
        if c and h not in {SUBJECT, "STUDYID"}
    )
    return (
        f"<SubjectData SubjectKey={quoteattr(key)}><StudyEventData StudyEventOID='V'>"
        "<FormData FormOID='LB'>"
        f"<ItemGroupData ItemGroupOID='LB_LOG' ItemGroupRepeatKey='{number}'>"
        f"{items}</ItemGroupData></FormData></StudyEventData></SubjectData>\n"
    )


def _pull(kind: str, table: Table, lines: list[dict[str, Any]]) -> bytes:
    fields = [h.lower() for h in table.head]
    first = {
        "toxwatch_pull": 1, "records": len(lines), "feed": "x", "kind": kind, "pulled": STAMP,
        "cursor": {}, "full": STAMP, "columns": {"laboratory": fields}, "left_out": {},
        "notes": [], "accepted": "",
    }  # fmt: skip
    return _lines(first, *lines)


def _line(group: str, id_: str, subject: Cell, content: dict[str, Any]) -> dict[str, Any]:
    return {"group": group, "id": id_, "part": "", "updated": STAMP, "subject": subject or "",
            "content": content}  # fmt: skip


def _fhir(table: Table) -> bytes:
    lines = []
    for n, row in enumerate(table.rows):
        told = dict(zip(table.head, row, strict=True))
        resource = fhir.laboratory(f"o{n}", "p1", "751-8", "1", told.get(DAY) or "")
        resource["valueQuantity"] |= {"value": told.get(VALUE), "code": told.get(UNIT)}
        resource["referenceRange"] = [{"low": {"value": told.get("LBORNRLO")},
                                       "high": {"value": told.get("LBORNRHI")}}]  # fmt: skip
        resource["method"] = {"text": told.get("VISIT")}
        resource |= {k: v for k, v in told.items() if k not in FIELDS.values()}
        lines.append(_line("Observation:laboratory", f"o{n}", told.get(SUBJECT), resource))
    return _pull("fhir", table, lines)


def _redcap(table: Table) -> bytes:
    lines = []
    for n, row in enumerate(table.rows):
        told = dict(zip(table.head, row, strict=True))
        fields = {h.lower(): c for h, c in told.items() if c}
        record = told.get(SUBJECT) or ""
        id_ = identity(record, "", str(n))
        lines.append(_line("laboratory", id_, record, {"fields": fields}))
    return _pull("redcap", table, lines)


def _feed(kind: str, path: str, domain: dict[str, Any], **changes: Any) -> Feed:
    content = {"id": "x", "kind": kind, "path": path, "domains": {"LB": domain}} | changes
    return Feed.model_validate(content)


def _sdtm(path: str = "feeds/x", **changes: Any) -> Feed:
    return _feed("sdtm_folder", path, LB, **changes)


def _pulled(kind: str, pull: Any, domain: dict[str, Any]) -> Feed:
    return _feed(kind, "feeds/x/{day}", domain, delivers="changes",
                 pull=pull.model_dump(mode="json"))  # fmt: skip


_CELLS = {"date": "DD/MM/YYYY", "time": "HH:MM", "timezone": "Asia/Shanghai", "decimal": ",",
          "thousands": "."}  # fmt: skip
_COLUMNS = {"columns": FIELDS}
_OID = {
    "record": "measurement", "groups": ["LB_LOG"], "key": ["SubjectKey", "ItemGroupRepeatKey"],
} | _COLUMNS  # fmt: skip
_LABORATORY = LB | {"columns": FIELDS | {"STUDYID": "STUDYID", "USUBJID": "USUBJID"}}
_URL = "https://server.example.org/"
FORMATS: dict[str, Format] = {
    f.name: f
    for f in (
        Format("xpt", _sdtm(), "lb.xpt", encode_xpt),
        Format("csv", _sdtm(), "lb.csv", _csv),
        Format("csv, daily", _sdtm("feeds/x/{day}"), "lb.csv", _csv),
        Format("csv, gb18030", _sdtm(encoding="gb18030", delimiter=";"), "lb.csv", _gb18030),
        Format("parquet", _sdtm(), "lb.parquet", _parquet),
        Format("json", _sdtm(), "lb.json", _json),
        Format("ndjson", _sdtm(), "lb.ndjson", _ndjson),
        Format("central_lab", _feed("central_lab", "feeds/x", _LABORATORY, cells=_CELLS,
               encoding="gb18030", delimiter=";"), "lb.csv", _laboratory),
        Format("odm_xml", _feed("odm_xml", "feeds/x", _OID), "x.xml", _odm),
        Format("fhir", _pulled("fhir", fhir.pull_settings(_URL), fhir.domains("T1")["LB"]),
               "pull_001.ndjson", _fhir),
        Format("redcap", _pulled("redcap", redcap.pull_settings(_URL),
               redcap.domains("T1")["LB"] | {"values": {}}), "pull_001.ndjson", _redcap),
    )
}  # fmt: skip
