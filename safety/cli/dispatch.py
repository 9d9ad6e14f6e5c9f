"""Commands of the dispatcher: send, see what waits or is dead, try again, reconcile."""

from __future__ import annotations

import json
import logging
import signal
import threading
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from safety.cli.common import (
    FINDINGS,
    AsJson,
    By,
    Why,
    anchor_act,
    output,
    ready,
    signed,
    studyid_of,
    utc_now,
    wide_output,
)
from safety.settings import from_environment

if TYPE_CHECKING:
    from safety.alerts.breaker import Breaker
    from safety.settings import Settings

app = typer.Typer()  # part of the group `alerts`
EVERY = 10.0  # seconds between two passes


class State(StrEnum):
    """States of a message that can be asked for."""

    pending = "pending"
    sent = "sent"
    dead = "dead"
    all = "all"


Forever = Annotated[bool, typer.Option("--forever", help="Go on until SIGTERM or SIGINT.")]
Every = Annotated[
    float, typer.Option("--every", min=0.1, max=3600, help="Seconds between two passes.")
]
Key = Annotated[str, typer.Argument(help="KEY of the list or its beginning, or `all`.")]
Chosen = Annotated[State, typer.Option("--state", help="Which messages.")]
Study = Annotated[str | None, typer.Argument(help="A study file, or its name; without it all.")]


@app.command()
def dispatch(forever: Forever = False, every: Every = EVERY, as_json: AsJson = False) -> None:
    """Send what waits in the outbox; exit code 1 if something could not be sent."""
    from safety.alerts import dispatch as dispatcher

    if forever:
        _forever(from_environment(), every)
        return
    counts = dispatcher.beat(ready(), utc_now)
    _print(counts, f"{counts['sent']} sent, {counts['failed']} failed", as_json)
    if counts["failed"]:
        raise typer.Exit(FINDINGS)


def _forever(settings: Settings, every: float) -> None:
    """Run until a signal: the message being sent is finished, nothing is left leased."""
    from safety.alerts import dispatch as dispatcher

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    asked = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: asked.set())
    dispatcher.forever(settings, utc_now, asked.is_set, lambda: asked.wait(every))


@app.command()
def outbox(state: Chosen = State.pending, as_json: AsJson = False) -> None:
    """List the messages that wait, were sent or are dead, and the channels that do not answer."""
    from dataclasses import asdict

    from safety.alerts.outbox import listing
    from safety.report import text as report

    found = listing(ready().db_url, state.value)
    if as_json:
        content = {
            "messages": found.messages.to_dict("records"),
            "resting": [asdict(b) for b in found.resting],
        }
        print(json.dumps(content, indent=1, ensure_ascii=False))
        return
    for known in found.resting:
        output.print(_told(known), markup=False, highlight=False, soft_wrap=True)
    report.print_frame(found.messages, wide_output(), as_json)


def _told(known: Breaker) -> str:
    return (
        f"{known.channel} does not answer since {known.since}: {known.failures} failures, "
        f"{known.error}; next probe {known.probe_at}"
    )


@app.command()
def retry(key: Key, by: By, reason: Why) -> None:
    """Let a dead message be sent after all; the next pass sends it."""
    from safety.alerts import outbox as messages

    for done in messages.retry(ready(), key, signed(by, reason), utc_now()):
        output.print(f"{done} waits again", markup=False, highlight=False)
    anchor_act()


@app.command()
def reconcile(study: Study = None, as_json: AsJson = False) -> None:
    """Compare alerts, messages and the log of what was sent; exit code 1 if anything is not 0."""
    from safety.alerts.reconciliation import counts

    used = ready()
    studyid = studyid_of(used, study or "")
    found = counts(used.db_url, utc_now(), studyid)
    told = "\n".join(f"{number:>6,}  {name.replace('_', ' ')}" for name, number in found.items())
    _print(found, told, as_json)
    if any(found.values()):
        raise typer.Exit(FINDINGS)


def _print(counts: dict[str, int], told: str, as_json: bool) -> None:
    if as_json:
        print(json.dumps(counts))
    else:
        output.print(told, markup=False, highlight=False)
