"""Evidence down to file and row: each line leads to the row that it is of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dash import dcc, html

from dashboards import raw
from dashboards.components import verdicts
from dashboards.i18n import t
from dashboards.view import View

# A list of rows, and the table of records whose keys it has.
LISTS = {
    "event": "adverse_event", "dose": "dose", "measurement": "measurement",
    "medication": "medication", "procedure": "procedure", "disposition": "disposition",
    "supplement": "supplement", "subject": "subject",
}  # fmt: skip
GRADED, VALUE = "graded_value", "value"  # a value with its grades, by the key of the value


@dataclass(frozen=True, slots=True)
class Records:
    """The records of a subject: where each can be looked at, by its key."""

    view: View
    usubjid: str
    lists: dict[str, str]

    def href(self, record: str) -> str:
        """Return the address of a record, "" for one that the snapshot does not have."""
        found = self.lists.get(record)
        if found is None:
            return ""
        by = VALUE if found == GRADED else "key"
        return raw.href_row(self.view, found, self.usubjid, record, by=by)


def records(view: View, usubjid: str) -> Records:
    """Return the records of a subject in the snapshot."""
    found = {
        str(key): listed
        for listed, name in LISTS.items()
        for key in view.frame(name, usubjid=usubjid)["KEY"]
    }
    graded = view.frame("grade", usubjid=usubjid)["MKEY"].unique()
    return Records(view, usubjid, found | {str(key): GRADED for key in graded})


def lines(row: Any, of: Records) -> html.Ul | None:
    """Return the evidence of a result, a line a record; None where there is none."""
    found = verdicts.evidence(row)
    items = [html.Li(_line(each, of)) for each in found]
    return html.Ul(items, className="toxwatch-body") if items else None


def _line(each: dict[str, Any], of: Records) -> list[Any]:
    place = said_place(each)
    href = of.href(each["record"])
    said = " ".join(text for text in (each["date"], each["text"]) if text)
    return [f"{said} (", dcc.Link(place, href=href) if href else place, ")"]


def said_place(each: dict[str, Any]) -> str:
    """Return the file and row of a line of evidence."""
    if not each["file"]:
        return t("no file: derived")
    return t("{file}, row {row}", file=each["file"], row=each["row"])


def first(row: Any) -> str:
    """Return the first record of the evidence of a result, "" for none."""
    found = verdicts.evidence(row)
    return str(found[0]["record"]) if found else ""


def short(row: Any) -> str:
    """Return where the evidence of a result stands: its first record, and how many there are more.

    "" for none.
    """
    found = verdicts.evidence(row)
    if not found:
        return ""
    place = said_place(found[0])
    return t("{place} and {n} more", place=place, n=len(found) - 1) if len(found) > 1 else place
