"""A FHIR search, page by page: every Bundle is checked to be one, and whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from safety.feeds.fhir.elements import Resource, each, part, text
from safety.feeds.http import Client
from safety.feeds.sdtm_folder.text import shown

MAX_NOTES = 20
REFUSED = 400  # of HTTP statuses, from here on
GRAVE = frozenset({"fatal", "error"})


@dataclass(slots=True)
class Search:
    """The searches of one pull, and what is to be said of them. at: when by the server's clock."""

    client: Client
    left_out: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    at: datetime | None = None

    def resources(self, kind: str, params: dict[str, str]) -> dict[str, Resource]:
        """Return every resource of a search by its id.

        Raises PullError if the server cannot be asked or says that it has more than it gave.
        """
        found: dict[str, Resource] = {}
        matches, total = 0, 0
        for bundle in self._pages(kind, params):
            told = bundle.get("total")
            total = told if isinstance(told, int) else 0
            matches += sum(self._take(e, kind, found) for e in each(bundle.get("entry")))
        if matches < total:
            raise self.client.error(
                f"it has {total} of {kind} and gave {matches}.", "Pull again; else ask who runs it."
            )
        return found

    def _pages(self, kind: str, params: dict[str, str]) -> Iterator[dict[str, Any]]:
        """Yield every Bundle of a search, each asked for by the `next` link of the one before."""
        pull = self.client.pull
        url = f"{pull.url.rstrip('/')}/{kind}"
        own = {"_count": str(pull.page_size), "_sort": "_lastUpdated"}
        given: dict[str, str] | None = own | pull.search.get(kind, {}) | params
        seen: set[str] = set()
        while url not in seen:
            answer = self.client.get(url, given)
            self.at = self.at or answer.at
            bundle = self._bundle(answer.content, answer.status)
            yield bundle
            links = [ln for ln in each(bundle.get("link")) if ln.get("relation") == "next"]
            if not links:
                return
            if given is None:
                seen.add(url)
            url, given = self.client.within(text(links[0].get("url")), url), None
        raise self.client.error("its pages lead round in a circle.", "Ask who runs it.")

    def _bundle(self, content: Any, status: int) -> dict[str, Any]:
        bundle = content if isinstance(content, dict) else {}
        if bundle.get("resourceType") == "OperationOutcome" or status >= REFUSED:
            told = "; ".join(_issues(bundle)) or "without a reason"
            raise self.client.error(
                f"the server answered {status}: {told}.", "Correct the search, or ask who runs it."
            )
        if bundle.get("resourceType") != "Bundle" or bundle.get("type") != "searchset":
            raise self.client.error(
                "the answer is no Bundle of a search.", "Is the url that of a FHIR R4 server?"
            )
        return bundle

    def _take(self, entry: dict[str, Any], kind: str, found: dict[str, Resource]) -> bool:
        """Keep the resource of an entry; return whether the entry counts as a match."""
        resource = part(entry, "resource")
        if resource.get("resourceType") == "OperationOutcome":
            self._heed(resource)
            return False
        if part(entry, "search").get("mode") == "include":
            return False
        if resource.get("resourceType") != kind or not text(resource.get("id")):
            self.left_out[f"no {kind}, or without an id"] += 1
        else:
            found[text(resource["id"])] = resource
        return True

    def _heed(self, outcome: Resource) -> None:
        grave = [i for i in each(outcome.get("issue")) if i.get("severity") in GRAVE]
        if grave:
            told = "; ".join(_issues({"issue": grave}))
            raise self.client.error(f"the search failed: {told}.", "Correct it.")
        self.notes = [*self.notes, *_issues(outcome)][:MAX_NOTES]


def _issues(outcome: Resource) -> list[str]:
    """Return what an OperationOutcome says, in words that can be printed."""
    found = []
    for issue in each(outcome.get("issue")):
        said = text(issue.get("diagnostics")) or text(part(issue, "details").get("text"))
        found.append(f"{shown(issue.get('code', ''), 30)} {shown(said, 150)}".strip())
    return found[:MAX_NOTES]
