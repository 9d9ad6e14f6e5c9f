"""Read ODM-XML as a stream into one dict an item group, with bounds on everything it can ask for.

A DOCTYPE is refused, and with it every entity: none of those of XML itself need one. Elements and
attributes of other namespaces (the vendors' extensions) are passed over, but for the attributes of
a subject: there OpenClinica tells the subject's own id (StudySubjectID).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from safety.errors import HeldDeliveryError
from safety.feeds.dataset import CLEARED, OWN_COLUMNS, PARTIAL
from safety.feeds.sdtm_folder.text import shown

ODM = "http://www.cdisc.org/ns/odm/v1.3"
BETWEEN = "}"  # of a namespace and a name
MAX_DEPTH, MAX_ATTRIBUTES, MAX_LENGTH = 60, 100, 100_000
MAX_ROWS, MAX_ITEMS, MAX_NAMES = 1_000_000, 2_000, 100_000
# The attributes of each level that say where a row stands, by the column they become.
LEVELS = {
    "ClinicalData": {"StudyOID": "StudyOID", "MetaDataVersionOID": "MetaDataVersionOID"},
    "SubjectData": {"SubjectKey": "SubjectKey"},
    "SiteRef": {"LocationOID": "LocationOID"},
    "StudyEventData": {
        "StudyEventOID": "StudyEventOID", "StudyEventRepeatKey": "StudyEventRepeatKey",
    },
    "FormData": {"FormOID": "FormOID", "FormRepeatKey": "FormRepeatKey"},
    "ItemGroupData": {
        "ItemGroupOID": "ItemGroupOID", "ItemGroupRepeatKey": "ItemGroupRepeatKey",
    },
}  # fmt: skip
PARENTS = {
    "ClinicalData": ("ODM",), "SubjectData": ("ClinicalData",), "StudyEventData": ("SubjectData",),
    "FormData": ("StudyEventData",), "ItemGroupData": ("FormData", "ReferenceData"),
}  # fmt: skip
REPEATS = ("StudyEventRepeatKey", "FormRepeatKey", "ItemGroupRepeatKey")
TRANSACTION, STAMP, UNIT = "TransactionType", "DateTimeStamp", ".unit"
PLACES = (*(c for columns in LEVELS.values() for c in columns.values()), TRANSACTION, STAMP)
OWN = frozenset({*PLACES, *OWN_COLUMNS})  # no item and no vendor's attribute is called so
Row = dict[str, str]


@dataclass(slots=True)
class Content:
    """What a file holds.

    rows: of every item group, columns by name. items: of every item group and form of its
    metadata, the items that it may hold.
    """

    created: str = ""
    is_transactional: bool = False
    rows: list[Row] = field(default_factory=list)
    items: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def read(path: Path, name: str) -> Content:
    """Return what a file holds; raise HeldDeliveryError for what is no sound ODM-XML 1.3."""
    events = _Events(name)
    parser = expat.ParserCreate(namespace_separator=BETWEEN)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = events.doctype
    parser.StartElementHandler = events.start
    parser.EndElementHandler = events.end
    parser.CharacterDataHandler = events.text
    try:
        with path.open("rb") as file:
            parser.ParseFile(file)
    except expat.ExpatError as error:
        what = expat.ErrorString(error.code)
        raise HeldDeliveryError(
            name,
            f"it is damaged or cut off: line {error.lineno}, column {error.offset}, {what}.",
            "Send it again.",
        ) from error
    except (ValueError, LookupError) as error:
        raise HeldDeliveryError(
            name, f"its encoding cannot be read: {shown(error, 100)}.", "Send it in UTF-8."
        ) from error
    return events.content


class _Events:
    """What to do at each element: one after the other, nothing is kept but rows."""

    def __init__(self, name: str) -> None:
        self.name, self.content = name, Content()
        self.path: list[str] = []
        self.places: list[tuple[int, Row]] = []  # of the open levels: rows before it, columns
        self.row: Row = {}
        self.item = ""
        self.words: list[str] = []
        self.group_of_items = ""

    def refuse(self, what: str) -> NoReturn:
        raise HeldDeliveryError(self.name, f"{what}.", "Export it again as ODM-XML 1.3.")

    def doctype(self, *_: object) -> None:
        self.refuse("it has a DOCTYPE, which no ODM file needs")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(BETWEEN)
        self.path.append(local if space == ODM else "")
        self._require_bounds(attributes)
        if len(self.path) == 1:
            self._begin(name, attributes)
        self.words.clear()
        if space != ODM:
            return
        if local in LEVELS:
            self._enter(local, attributes)
        elif local.startswith("ItemData") and self.row:
            self._begin_item(attributes)
        elif local == "MeasurementUnitRef" and self.item:
            self.row[self.item + UNIT] = attributes.get("MeasurementUnitOID", "")
        elif local in {"ItemGroupDef", "FormDef"}:
            self.group_of_items = attributes.get("OID", "")
        elif local in {"ItemRef", "ItemGroupRef"} and self.group_of_items:
            self._declare(attributes.get("ItemOID") or attributes.get("ItemGroupOID", ""))

    def end(self, _name: str) -> None:
        local = self.path.pop()
        told = "".join(self.words)
        if local == "DateTimeStamp" and "AuditRecord" in self.path:
            self._stamp(told.strip())
        elif local.startswith("ItemData") and self.item:
            if local != "ItemData":
                self._set(told)
            self.item = ""
        elif local in {"ItemGroupDef", "FormDef"}:
            self.group_of_items = ""
        elif local in PARENTS:
            self._leave(local)
        self.words.clear()

    def text(self, words: str) -> None:
        self.words.append(words)
        if sum(map(len, self.words)) > MAX_LENGTH:
            self.refuse(f"an element has more than {MAX_LENGTH:,} characters")

    def _require_bounds(self, attributes: dict[str, str]) -> None:
        if len(self.path) > MAX_DEPTH:
            self.refuse(f"its elements are nested more than {MAX_DEPTH} deep")
        if len(attributes) > MAX_ATTRIBUTES:
            self.refuse(f"an element has more than {MAX_ATTRIBUTES} attributes")
        if any(len(value) > MAX_LENGTH for value in attributes.values()):
            self.refuse(f"an attribute has more than {MAX_LENGTH:,} characters")

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        version = attributes.get("ODMVersion", "1.3")
        if name != f"{ODM}{BETWEEN}ODM" or not version.startswith("1.3"):
            self.refuse("this is no ODM-XML 1.3")
        self.content.created = attributes.get("CreationDateTime", "")
        self.content.is_transactional = attributes.get("FileType") == "Transactional"

    def _enter(self, level: str, attributes: dict[str, str]) -> None:
        told = {c: attributes[a] for a, c in LEVELS[level].items() if a in attributes}
        parent = self.path[-2]
        if level == "SiteRef":
            if parent == "SubjectData":
                self.places[-1][1].update(told)
            return
        if parent not in PARENTS[level]:
            self.refuse(f"{level} stands in {parent or 'an element of another kind'}")
        if TRANSACTION in attributes:
            told[TRANSACTION] = attributes[TRANSACTION]
        if level == "SubjectData":
            vendors = {a.rpartition(BETWEEN)[2]: v for a, v in attributes.items() if BETWEEN in a}
            told |= {a: v for a, v in vendors.items() if a not in OWN}
        self.places.append((len(self.content.rows), told))
        if level == "ItemGroupData" and parent == "FormData":
            self._begin_row()

    def _begin_row(self) -> None:
        levels = [known for _, known in self.places]
        self.row = {c: v for known in levels for c, v in known.items()}
        for stamp in (known[STAMP] for known in levels if STAMP in known):
            self.row[STAMP] = self._newer(self.row[STAMP], stamp)
        if any(known.get(TRANSACTION) == "Remove" for known in levels):
            self.row[TRANSACTION] = "Remove"  # with its form or event, whatever the row itself says
        is_part = self.row.get(TRANSACTION) in {"Update", "Upsert", "Context"}
        self.row[PARTIAL] = "Y" if is_part and self.content.is_transactional else ""
        for key in REPEATS:
            self.row.setdefault(key, "1")

    def _leave(self, level: str) -> None:
        before, told = self.places.pop()
        if self.row:
            self.content.rows.append(self.row)
            if len(self.content.rows) > MAX_ROWS:
                self.refuse(f"it has more than {MAX_ROWS:,} item groups")
            self.row = {}
        elif told.get(TRANSACTION) == "Remove" and before == len(self.content.rows):
            key = shown(next((told[c] for c in LEVELS[level].values() if c in told), ""))
            self.refuse(
                f"{level} {key} is removed without its item groups, so that nobody can know "
                "which rows to take away"
            )

    def _begin_item(self, attributes: dict[str, str]) -> None:
        self.item = attributes.get("ItemOID", "")
        if not self.item or self.item in OWN:
            self.refuse("an item has no ItemOID of its own")
        if len(self.row) > MAX_ITEMS:
            self.refuse(f"an item group has more than {MAX_ITEMS:,} items")
        if self.item in self.row:
            self.refuse(f"item {shown(self.item)} occurs twice in one item group")
        is_gone = attributes.get("IsNull") == "Yes" or attributes.get(TRANSACTION) == "Remove"
        self._set("" if is_gone else attributes.get("Value", ""))
        if attributes.get("MeasurementUnitOID"):
            self.row[self.item + UNIT] = attributes["MeasurementUnitOID"]

    def _set(self, value: str) -> None:
        is_cleared = not value.strip() and self.row[PARTIAL] == "Y"
        self.row[self.item] = CLEARED if is_cleared else value

    def _stamp(self, time: str) -> None:
        """Note the time of an audit record: a row's own is the newest of it and its items."""
        told = self.row or (self.places[-1][1] if self.places else {})
        told[STAMP] = self._newer(told.get(STAMP, ""), time)

    def _newer(self, one: str, other: str) -> str:
        first, second = _moment(one), _moment(other)
        if first is None or second is None:
            return other if first is None else one
        if (first.tzinfo is None) != (second.tzinfo is None):
            self.refuse(
                f"audit times of one row are told with and without an offset: {one}, {other}"
            )
        return other if second > first else one

    def _declare(self, oid: str) -> None:
        self.content.items[self.group_of_items].add(oid)
        if len(self.content.items[self.group_of_items]) > MAX_NAMES:
            self.refuse(f"an item group names more than {MAX_NAMES:,} items")


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
