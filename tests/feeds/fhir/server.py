"""A FHIR R4 server: searches by _lastUpdated, category, subject and identifier, and reads by id."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from safety.feeds.fhir import sample
from tests.feeds.served import TOKEN, Request, Server

# what hospitals send besides and what must not be stored
PERSONAL = {
    "name": [{"family": "Exampleson", "given": ["Jo"]}], "birthDate": "1964-02-03",
    "telecom": [{"system": "phone", "value": "555-0100"}],
    "text": {"status": "generated", "div": "<div>Jo Exampleson, born 1964-02-03</div>"},
}  # fmt: skip


class FhirServer(Server):
    def __init__(self) -> None:
        super().__init__()
        self.resources: dict[str, dict[str, Any]] = {}
        self.next_link = ""  # instead of its own
        self.outcomes: list[dict[str, Any]] = []  # put into every Bundle
        self.extra = 0  # said to be there and never given
        self.unsearched: set[str] = set()  # there by their id, lacked by every other search
        self.refused: set[str] = set()  # not shown by their id
        self.between: list[Callable[[], None]] = []  # each done once after a page that has a next
        for each in sample.resources():
            self.put(each)
        self.put(sample.patient("x9", "", identifier=[{"system": "urn:mrn", "value": "MRN-77"}]))

    def put(self, resource: dict[str, Any]) -> None:
        kind, personal = resource["resourceType"], dict(PERSONAL)
        if kind != "Patient":
            personal = {
                "text": PERSONAL["text"], "note": [{"text": "told by Jo Exampleson"}],
                "subject": resource["subject"] | {"display": "Jo Exampleson"},
            }  # fmt: skip
        self.resources[f"{kind}/{resource['id']}"] = resource | personal

    def answer(self, request: Request) -> tuple[int, Any]:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return 401, {"resourceType": "OperationOutcome"}
        params = request.params
        kind = request.path.rstrip("/").rpartition("/")[2]
        name = request.path.partition("/fhir/")[2]
        if "/" in name:
            return self._by_id(name)
        found = [r for name, r in self.resources.items()
                 if ("_id" in params or name not in self.unsearched)
                 and self._matches(r, kind, params)]  # fmt: skip
        found.sort(key=lambda r: r["meta"]["lastUpdated"])
        start, size = int(params.get("_offset", 0)), int(params["_count"])
        entries = [{"resource": r, "search": {"mode": "match"}} for r in found[start:][:size]]
        entries += [{"resource": o, "search": {"mode": "outcome"}} for o in self.outcomes]
        bundle = {"resourceType": "Bundle", "type": "searchset", "total": len(found) + self.extra,
                  "entry": entries, "link": []}  # fmt: skip
        if start + size < len(found):
            query = urlencode(params | {"_offset": start + size})
            url = self.next_link or f"{self.url}/{kind}?{query}"
            bundle["link"].append({"relation": "next", "url": url})
            if self.between:
                self.between.pop(0)()
        return 200, bundle

    def _by_id(self, name: str) -> tuple[int, Any]:
        if name in self.refused:
            return 403, {"resourceType": "OperationOutcome"}
        found = self.resources.get(name)
        return (200, found) if found else (404, {"resourceType": "OperationOutcome"})

    @staticmethod
    def _matches(resource: dict[str, Any], kind: str, params: dict[str, str]) -> bool:
        if resource["resourceType"] != kind:
            return False
        if "identifier" in params:
            system = params["identifier"].rstrip("|")
            return any(i["system"] == system for i in resource["identifier"])
        for asked, name in (("_id", "id"), ("status", "status")):
            if asked in params and params[asked] != resource.get(name):
                return False
        since = params.get("_lastUpdated", "").removeprefix("ge")
        moment = datetime.fromisoformat(resource["meta"]["lastUpdated"])
        of_category = params.get("category") in {
            None, *(c["code"] for k in resource.get("category", []) for c in k["coding"]),
        }  # fmt: skip
        whom = resource["subject"]["reference"]
        return (
            of_category
            and whom in params.get("subject", whom).split(",")
            and (not since or moment >= datetime.fromisoformat(since))
        )
