"""A FHIR search, page by page: every Bundle is checked to be one, and the pages to belong together.

Servers page by number of resources: one that changes or goes while pages are asked for moves the
others, so that one comes twice and another never. Such a search is made again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from safety.feeds.fhir.elements import Resource, each, part, text
from safety.feeds.http import Client
from safety.feeds.sdtm_folder.text import shown

MAX_NOTES = 20
TIMES = 3  # that a search is made until its pages belong together
REFUSED = 400  # of HTTP statuses, from here on
GONE = frozenset({404, 410})
UNSAID = frozenset({403, 405})  # whether it is there
GRAVE = frozenset({"fatal", "error"})


@dataclass(slots=True)
class _Given:
    """What the pages of a search gave. total: the most that the server said there are."""

    found: dict[str, Resource] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    is_doubled: bool = False
    total: int = 0

    @property
    def matches(self) -> int:
        return len(self.found) + self.left_out.total()


@dataclass(slots=True)
class Search:
    """The searches of one pull, and what is to be said of them.

    left_out: what is not used, by reason. unsaid: how many of a type the server refused to show by
    their id. at: when by the server's clock.
    """

    client: Client
    left_out: Counter[str] = field(default_factory=Counter)
    unsaid: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    at: datetime | None = None

    def resources(self, kind: str, params: dict[str, str]) -> dict[str, Resource]:
        """Return every resource of a search by its id.

        Raises PullError if the server cannot be asked, or time and again gives fewer than it says
        it has, or one twice.
        """
        for _ in range(TIMES):
            given = _Given()
            for bundle in self._pages(kind, params):
                told = bundle.get("total")
                given.total = max(given.total, told if isinstance(told, int) else 0)
                for entry in each(bundle.get("entry")):
                    self._take(entry, kind, given)
            if not given.is_doubled and given.matches >= given.total:
                self.left_out.update(given.left_out)
                return given.found
        fault = f"it has {given.total} of {kind} and gave {given.matches}."
        if given.matches >= given.total:
            fault = f"its pages gave one {kind} twice, in each of {TIMES} searches."
        raise self.client.error(fault, "Pull again, with a larger page_size; else ask who runs it.")

    def by_id(self, kind: str, id_: str) -> Resource | None:
        """Return a resource asked for by its id, None if the server has or shows none."""
        url = f"{self.client.pull.url.rstrip('/')}/{kind}/{quote(id_, safe='')}"
        answer = self.client.get(url, enough=GONE | UNSAID)
        if answer.status in GONE | UNSAID:
            self.unsaid[kind] += answer.status in UNSAID
            return None
        resource = answer.content if isinstance(answer.content, dict) else {}
        if resource.get("resourceType") != kind or text(resource.get("id")) != id_:
            raise self.client.error(
                f"asked for a {kind} by its id, it answered {answer.status} with something else.",
                "Ask who runs it.",
            )
        return resource

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

    def _take(self, entry: dict[str, Any], kind: str, given: _Given) -> None:
        """Keep the resource of an entry, unless it is no match of the search."""
        resource = part(entry, "resource")
        if resource.get("resourceType") == "OperationOutcome":
            self._heed(resource)
            return
        if part(entry, "search").get("mode") == "include":
            return
        id_ = text(resource.get("id"))
        if resource.get("resourceType") != kind or not id_:
            given.left_out[f"no {kind}, or without an id"] += 1
        else:
            given.is_doubled = given.is_doubled or id_ in given.found
            given.found[id_] = resource

    def _heed(self, outcome: Resource) -> None:
        grave = [i for i in each(outcome.get("issue")) if i.get("severity") in GRAVE]
        if grave:
            told = "; ".join(_issues({"issue": grave}))
            raise self.client.error(f"the search failed: {told}.", "Correct it.")
        self.notes = list(dict.fromkeys([*self.notes, *_issues(outcome)]))[:MAX_NOTES]


def _issues(outcome: Resource) -> list[str]:
    """Return what an OperationOutcome says, in words that can be printed."""
    found = []
    for issue in each(outcome.get("issue")):
        said = text(issue.get("diagnostics")) or text(part(issue, "details").get("text"))
        found.append(f"{shown(issue.get('code', ''), 30)} {shown(said, 150)}".strip())
    return found[:MAX_NOTES]
