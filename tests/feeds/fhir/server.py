"""A FHIR R4 server as far as a search goes: pages, _lastUpdated, category, subject, identifier."""

from __future__ import annotations

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
        found = [r for r in self.resources.values() if self._matches(r, kind, params)]
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
        return 200, bundle

    @staticmethod
    def _matches(resource: dict[str, Any], kind: str, params: dict[str, str]) -> bool:
        if resource["resourceType"] != kind:
            return False
        if "identifier" in params:
            system = params["identifier"].rstrip("|")
            return any(i["system"] == system for i in resource["identifier"])
        since = params.get("_lastUpdated", "").removeprefix("ge")
        moment = datetime.fromisoformat(resource["meta"]["lastUpdated"])
        of_category = params.get("category") in {
            None, *(c["code"] for k in resource.get("category", []) for c in k["coding"]),
        }  # fmt: skip
        return (
            of_category
            and resource["subject"]["reference"] in params["subject"].split(",")
            and (not since or moment >= datetime.fromisoformat(since))
        )
