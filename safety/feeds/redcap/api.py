"""REDCap's API: a form is posted with a token, JSON comes back.

PyCap, which wraps the same calls, is not used: it reads an answer of any size, tries nothing again
and follows redirects with the token.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from safety.feeds.http import Client
from safety.feeds.sdtm_folder.text import shown

REFUSED = 300  # of HTTP statuses, from here on
Answered = list[Mapping[str, Any]]


@dataclass(slots=True)
class Api:
    """Asks one project. at: when it was first asked, by the server's clock."""

    client: Client
    at: datetime | None = None

    def metadata(self) -> Answered:
        """Return the data dictionary: a mapping a field, the field of record ids first."""
        return self._ask({"content": "metadata"})

    def field_names(self) -> dict[str, str]:
        """Return exported name: field; a checkbox is exported as a field a choice."""
        return {
            str(f.get("export_field_name")): str(f.get("original_field_name"))
            for f in self._ask({"content": "exportFieldNames"})
        }

    def records(
        self, fields: Sequence[str], records: Sequence[str] = (), since: str = ""
    ) -> Answered:
        """Return rows, one a record, event and instance, with raw codes.

        since: YYYY-MM-DD HH:MM:SS by the server's clocks, "" for every record.
        """
        form = {
            "content": "record", "action": "export", "type": "flat", "rawOrLabel": "raw",
            "rawOrLabelHeaders": "raw", "exportCheckboxLabel": "false",
            "exportSurveyFields": "false", "exportDataAccessGroups": "false",
        }  # fmt: skip
        form |= {f"fields[{n}]": name for n, name in enumerate(fields)}
        form |= {f"records[{n}]": record for n, record in enumerate(records)}
        return self._ask(form | ({"dateRangeBegin": since} if since else {}))

    def _ask(self, form: Mapping[str, str]) -> Answered:
        answer = self.client.post({"format": "json", "returnFormat": "json", **form})
        self.at = self.at or answer.at
        told = answer.content
        if answer.status >= REFUSED or not isinstance(told, list):
            said = told.get("error", "") if isinstance(told, dict) else ""
            reason = shown(said, 200) or "without a reason"
            raise self.client.error(
                f"REDCap answered {answer.status} to {form['content']}: {reason}.",
                "Correct the url or the rights of the token.",
            )
        if not all(isinstance(row, dict) for row in told):
            raise self.client.error(
                f"REDCap's answer to {form['content']} is no list of rows.", "Ask who runs it."
            )
        return told
