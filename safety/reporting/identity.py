"""Which event of a snapshot is which that reports are known of; sites number and correct them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from safety.reporting.events import Event

DAY = timedelta(days=1)
Said = Mapping[str, Any]
Place = tuple[str, str]  # subject, and the name under which reports of the event are known


def matched(events: Iterable[Event], known: Mapping[Place, Said]) -> list[tuple[Event, str]]:
    """Return each event with the name under which its reports are known, or a new one.

    known: what was last said of each event, and known_on, the first day 0 of its reports.
    The same is, in this order: what has the same key, term and onset; the same term and onset (the
    site gave it another number); the same key and one of term and onset (the other was corrected);
    the same term and one of its rows (a row of its group came before it). What began after the
    known one had been told of is another event, whatever its key.
    """
    found = list(events)
    left: dict[str, dict[str, Said]] = {}
    for (usubjid, name), said in known.items():
        left.setdefault(usubjid, {})[name] = said
    named: dict[int, str] = {}
    for is_same in (_same_row, _same_episode, _corrected, _same_group):
        for number, event in enumerate(found):
            same = _first(event, left.get(event.usubjid, {}), is_same)
            if number not in named and same is not None:
                named[number] = same
                del left[event.usubjid][same]
    taken = set(known)
    return [(e, named[n] if n in named else _free(e, taken)) for n, e in enumerate(found)]


def _first(
    event: Event, known: Mapping[str, Said], is_same: Callable[[Event, Said], bool]
) -> str | None:
    return next((name for name, said in known.items() if is_same(event, said)), None)


def _same_term(event: Event, said: Said) -> bool:
    return str(said["term"]).casefold() == event.term.casefold()


def _same_row(event: Event, said: Said) -> bool:
    same_onset = said["onset"] == event.onset_text
    return said["key"] == event.key and same_onset and _same_term(event, said)


def _same_episode(event: Event, said: Said) -> bool:
    return bool(said["episode"] == event.episode)


def _corrected(event: Event, said: Said) -> bool:
    if said["key"] != event.key:
        return False
    same_onset = said["onset"] == event.onset_text
    return same_onset or (_same_term(event, said) and not _is_later(event, said))


def _same_group(event: Event, said: Said) -> bool:
    keys = {row["KEY"] for row in event.rows}
    meets = not keys.isdisjoint(said["keys"])
    return meets and _same_term(event, said) and not _is_later(event, said)


def _is_later(event: Event, said: Said) -> bool:
    """Return whether it began after day 0; a zone may be a day ahead of another."""
    return event.onset[0] > (date.fromisoformat(said["known_on"]) + DAY).isoformat()


def _free(event: Event, taken: set[Place]) -> str:
    """Return a name for a new event: its episode, unless reports of another one have that."""
    name, number = event.episode, 2
    while (event.usubjid, name) in taken:
        name, number = f"{event.episode}|{event.key}|{number}", number + 1
    taken.add((event.usubjid, name))
    return name
