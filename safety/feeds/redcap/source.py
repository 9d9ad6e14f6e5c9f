"""Ask a REDCap project for what is new: the records that changed, whole, and who is still there.

A record that changed is compared with what was known of it, so that an instance that was deleted
is seen; the list of all records shows those that were deleted whole. Fields that the project marks
as identifiers are never asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

from safety.feeds.http import Client
from safety.feeds.pulled import Known, Line, as_text, instant
from safety.feeds.redcap.api import Answered, Api
from safety.feeds.source import Found
from safety.study.feeds import Feed
from safety.study.pull import Pull

SUBJECTS = ""
CURSOR = "record"
MAX_SHOWN = 5
WITHOUT_DATA = frozenset({"descriptive", "file"})  # types of field
EVENT, REPEATED, INSTANCE = (
    "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance",
)  # fmt: skip
VALIDATION, WITH_TIME = "text_validation_type_or_show_slider_number", "datetime_"
_MOMENT = re.compile(r"\A(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}(?::\d{2})?)\Z", re.ASCII)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Form:
    """What is asked of an instrument: exported names of its fields, the last its status.

    moments: those of dates with a time, which REDCap exports as 2024-03-05 08:30.
    """

    name: str
    fields: tuple[str, ...]
    moments: frozenset[str] = frozenset()

    @property
    def status(self) -> str:
        return f"{self.name}_complete"


def parts_of(line: Line) -> frozenset[str]:
    """Return the one row of a line, none if it was deleted."""
    return frozenset() if line.content is None else frozenset({""})


def fetch(feed: Feed, client: Client, known: Known, now: datetime, full: bool) -> Found:
    """Return the records that changed, and which are gone."""
    api = Api(client)
    dictionary, exported = api.metadata(), api.field_names()
    first = _record_field(client, dictionary)
    groups = sorted({g for d in feed.domains.values() for g in d.groups})
    forms = [_form(client, name, dictionary, exported) for name in groups]
    everyone = _ids(api.records([first]), first)
    since = "" if full else _since(known, client.pull)
    changed = _ids(api.records([first], since=since), first) if since else everyone
    found = Found(api.at or now, full=full or not since)
    found.lines = list(_lines(api, first, forms, sorted(changed)))
    there = {(line.group, line.id) for line in found.lines}
    for group in groups:
        for id_ in known.of(group):
            record = place(id_)[0]
            if record in changed or record not in everyone:
                found.asked.add((group, id_))
                found.gone |= {(group, id_)} - there
    found.cursor = {CURSOR: as_text(found.at)}
    found.columns = {form.name: [*form.fields] for form in forms}
    identifying = sum(_is_identifier(f) for f in dictionary)
    found.left_out = {"fields that identify a person": identifying} if identifying else {}
    return found


def identity(record: str, event: str, instance: str) -> str:
    """Return the id of a row of an instrument: record/event/instance."""
    return "/".join(quote(text, safe="") for text in (record, event, instance))


def place(id_: str) -> tuple[str, str, str]:
    """Return record, event and instance of an id."""
    record, event, instance = (unquote(text) for text in id_.split("/"))
    return record, event, instance


def _record_field(client: Client, dictionary: Answered) -> str:
    """Return the field of record ids; it is exported whether it is asked for or not."""
    if not dictionary:
        raise client.error("the project has no fields.", "Is the token that of the project?")
    if _is_identifier(dictionary[0]):
        raise client.error(
            "the project marks its record id as an identifier of a person.",
            "Use a record id that is none; it would be stored.",
        )
    return str(dictionary[0].get("field_name"))


def _is_identifier(field: Mapping[str, Any]) -> bool:
    return str(field.get("identifier", "")).strip().lower() == "y"


def _form(client: Client, name: str, dictionary: Answered, exported: Mapping[str, str]) -> Form:
    own = [f for f in dictionary[1:] if f.get("form_name") == name]
    if not own and dictionary[0].get("form_name") != name:
        raise client.error(
            f"the project has no instrument {name}.", "Correct `groups` in the study file."
        )
    asked = {
        str(f.get("field_name")): str(f.get(VALIDATION, "")) for f in own
        if not _is_identifier(f) and f.get("field_type") not in WITHOUT_DATA
    }  # fmt: skip
    fields = [e for f in asked for e, original in exported.items() if original == f] or [*asked]
    moments = frozenset(f for f, told in asked.items() if told.startswith(WITH_TIME))
    return Form(name, (*fields, f"{name}_complete"), moments)


def _ids(rows: Answered, first: str) -> set[str]:
    return {_text(row.get(first)) for row in rows} - {""}


def _lines(api: Api, first: str, forms: Sequence[Form], ids: Sequence[str]) -> Iterator[Line]:
    """Yield a line an instrument, event and instance of the records, some records at a time."""
    fields = [first, *(_original(f) for form in forms for f in form.fields)]
    size = api.client.pull.page_size
    for begin in range(0, len(ids), size):
        asked = ids[begin : begin + size]
        rows = api.records(list(dict.fromkeys(fields)), asked)
        _require_fields(api.client, rows, forms)
        for row in rows:
            if _text(row.get(first)) in asked:  # a server may ignore what was asked
                yield from _of_row(row, first, forms)


def _require_fields(client: Client, rows: Answered, forms: Sequence[Form]) -> None:
    """Raise PullError for a field that is in no row: REDCap leaves out what a token may not see.

    An empty field is there with an empty text. One that is not there would look like deleted data.
    """
    there = {_original(name) for row in rows for name in row}
    lacking = {form.name: [f for f in form.fields if _original(f) not in there] for form in forms}
    told = [f"{n} ({', '.join(fields[:MAX_SHOWN])})" for n, fields in lacking.items() if fields]
    if rows and told:
        raise client.error(
            f"REDCap's answer lacks fields that were asked for: {', '.join(told)}; nothing was "
            "written.",
            "Give the user of the token the right to export the whole instrument.",
        )


def _original(field: str) -> str:
    return field.partition("___")[0]  # race___1 is a choice of race


def _of_row(row: Mapping[str, Any], first: str, forms: Sequence[Form]) -> Iterator[Line]:
    record, event, instance = (_text(row.get(f)) for f in (first, EVENT, INSTANCE))
    repeated = _text(row.get(REPEATED))
    for form in forms:
        if repeated not in {"", form.name}:
            continue
        told = {f: text for f in form.fields if (text := _text(row.get(f)))}
        told |= {f: _MOMENT.sub(r"\1T\2", told[f]) for f in form.moments & told.keys()}
        if set(told) <= {form.status} and told.get(form.status, "0") == "0":
            continue  # nobody opened it
        id_ = identity(record, event, instance)
        yield Line(form.name, id_, subject=record, content={"fields": told})


def _text(value: Any) -> str:
    return str(value).strip() if isinstance(value, str | int) else ""


def _since(known: Known, pull: Pull) -> str:
    """Return from when changes are asked for, by the server's clocks; "" for everything.

    An hour that comes twice, when summer time ends, is asked for from its first time.
    """
    moment = instant(known.head.cursor.get(CURSOR, "")) if known.head is not None else None
    if moment is None:
        return ""
    there = (moment - timedelta(minutes=pull.overlap)).astimezone(
        ZoneInfo(pull.server_timezone or "UTC")
    )
    if there.replace(fold=0).utcoffset() != there.replace(fold=1).utcoffset():
        there -= HOUR
    return there.strftime("%Y-%m-%d %H:%M:%S")
