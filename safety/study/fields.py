"""Do the fields that a study maps or fills exist in the feed's own mapping."""

from __future__ import annotations

from collections.abc import Iterator

from safety.feeds.mapping import feed_mapping
from safety.study.model import Study
from safety.study.names import nearest
from safety.study.places import Fault, Path

SUBJECT = "USUBJID"


def unknown_fields(study: Study) -> list[Fault]:
    """Return every field of `columns` and `constants` that cannot be mapped or filled so."""
    return [
        fault
        for number, feed in enumerate(study.feeds)
        for name, domain in feed.domains.items()
        for fault in _of_domain(
            name,
            ("feeds", number, "domains", name),
            feed_mapping(feed.kind)[domain.record]["columns"],
            domain.columns,
            domain.constants,
        )
    ]


def _of_domain(
    name: str,
    path: Path,
    known: dict[str, str],
    columns: dict[str, str],
    constants: dict[str, str],
) -> Iterator[Fault]:
    for part, given in (("columns", columns), ("constants", constants)):
        for field, value in given.items():
            where = (*path, part, field)
            if field not in known:
                hint = nearest(field, known) or f"; known: {', '.join(known)}"
                yield Fault(where, f"{name}: {part} names {field}, which is no field{hint}")
            elif field == SUBJECT and (part == "constants" or not value):
                text = f"{name}: {SUBJECT} says whose a row is; name the column that holds it"
                yield Fault(where, text)
