"""A REDCap server as far as its export goes: token, dictionary, records since, by id and field."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from safety.feeds.redcap import sample
from tests.feeds.served import TOKEN, Request, Server

EVENT = ("redcap_repeat_instrument", "redcap_repeat_instance")


class RedcapServer(Server):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[dict[str, str]] = []
        self.changed: dict[str, str] = {}  # record: when, by the server's clocks
        self.identifiers = set(sample.IDENTIFIERS)
        self.validations: dict[str, str] = {}  # of fields of the dictionary
        self.denied: set[str] = set()  # fields that the token may not export
        for row in sample.rows():
            self.put(row)

    def put(self, row: dict[str, str], when: str = "2024-03-20 10:00:00") -> None:
        if row.get("redcap_repeat_instrument") == "":
            row = row | {"contact": "Jo Exampleson, 555-0100"}
        key = self._key(row)
        self.rows = [r for r in self.rows if self._key(r) != key] + [row]
        self.changed[row["record_id"]] = when

    def delete(self, record: str, instrument: str = "", when: str = "") -> None:
        """Delete the instances of an instrument, or the whole record."""
        self.rows = [
            r for r in self.rows if r["record_id"] != record or (
                instrument and r["redcap_repeat_instrument"] != instrument)
        ]  # fmt: skip
        if when:
            self.changed[record] = when

    @staticmethod
    def _key(row: dict[str, str]) -> tuple[str, ...]:
        return (row["record_id"], *(row[e] for e in EVENT))

    def answer(self, request: Request) -> tuple[int, Any]:
        params = request.params
        if request.method != "POST" or params.get("token") != TOKEN:
            return 403, {"error": "You do not have permissions to use the API"}
        content = params["content"]
        if content == "metadata":
            return 200, [
                {"field_name": f, "form_name": form, "field_type": "text",
                 "identifier": "y" if f in self.identifiers else "",
                 "text_validation_type_or_show_slider_number": self.validations.get(f, "")}
                for form, fields in sample.FIELDS.items() for f in fields
            ]  # fmt: skip
        if content == "exportFieldNames":
            names = [f for fields in sample.FIELDS.values() for f in fields]
            names += [f"{form}_complete" for form in sample.FIELDS]
            return 200, [{"original_field_name": n, "choice_value": "", "export_field_name": n}
                         for n in names]  # fmt: skip
        if content != "record" or params.get("action") != "export":
            return 400, {"error": 'The value of the parameter "content" is not valid'}
        return 200, self._records(params)

    def _records(self, params: dict[str, str]) -> list[dict[str, str]]:
        fields = [v for k, v in params.items() if k.startswith("fields[")]
        wanted = {v for k, v in params.items() if k.startswith("records[")}
        since = params.get("dateRangeBegin", "")
        assert not since or (datetime.fromisoformat(since) and len(since) == 19), since
        chosen = [
            r for r in self.rows
            if (not wanted or r["record_id"] in wanted) and self.changed[r["record_id"]] > since
        ]  # fmt: skip
        if fields == ["record_id"]:
            ids = list(dict.fromkeys(r["record_id"] for r in chosen))
            return [{"record_id": i, **dict.fromkeys(EVENT, "")} for i in ids]
        told = [f for f in dict.fromkeys([*fields, *EVENT]) if f not in self.denied]
        return [{f: r.get(f, "") for f in told} for r in chosen]
