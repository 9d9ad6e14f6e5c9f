"""Send what waits in the outbox, most severe first. At least once on the wire, once in the ledger.

A message is leased in one transaction, sent outside any, and what became of it is written in
another: a rolled-back alert is never sent, and what was sent but not written down, because the
process or the database died in between, is sent again under the same Message-ID.
"""

from __future__ import annotations

import logging
import os
import secrets
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_random_exponential

from safety.alerts import claim, failures, fallback, outcome, stuck
from safety.alerts.channels.channel import NotSentError, RefusedError
from safety.alerts.channels.opened import Channels
from safety.alerts.channels.written import UNWRITABLE, unwritable
from safety.alerts.message import letter
from safety.alerts.outcome import Outcome
from safety.alerts.tick import tick
from safety.audit import key
from safety.audit.trail import Trail
from safety.errors import ToxwatchError
from safety.failpoints import reached
from safety.settings import Settings
from safety.store.engine import upgrade, writer

Clock = Callable[[], datetime]
# What a pass, or a channel that is opened, may raise: one that is broken must stop no other. A
# library that is missing or misused breaks a channel too.
FAULTS = (*failures.FAULTS, ImportError, RuntimeError)
log = logging.getLogger(__name__)


def never() -> bool:
    """Do not stop."""
    return False


def run(settings: Settings, now: Clock, stop: Callable[[], bool] = never) -> dict[str, int]:
    """Try every message that may be sent now, once; return counts `sent` and `failed`.

    What is stuck goes another way too, and the data engineers are told. now: asked before each
    step; it may leap. stop: asked between two messages.
    """
    return _pass(settings, now, stop, lambda: None)


def beat(settings: Settings, now: Clock, stop: Callable[[], bool] = never) -> dict[str, int]:
    """Do one pass of the dispatcher: send, do what time brings about, send that too.

    A step that breaks down keeps none of the others from being done. Raises at the end what the
    last of them raised.
    """
    return _pass(settings, now, stop, lambda: tick(settings, now()))


def _pass(
    settings: Settings, now: Clock, stop: Callable[[], bool], between: Callable[[], object]
) -> dict[str, int]:
    with ExitStack() as stack:
        engine = writer(settings.db_url)
        stack.callback(engine.dispose)
        channels = stack.enter_context(Channels(settings))
        desk = Desk(settings, engine, channels, key.trail(settings), now, stop)
        steps = (desk.send_all, between, desk.put_copies, desk.tell_operations, desk.send_all)
        with ExitStack() as each:  # which does all of them, also if one breaks down
            for step in reversed(steps):
                each.callback(step)
        return {name: desk.counts[name] for name in ("sent", "failed")}


def forever(
    settings: Settings, now: Clock, stop: Callable[[], bool], wait: Callable[[], object]
) -> None:
    """Do one pass after the other until `stop`; what broke off is tried again by the next."""
    ready = False
    while not stop():
        try:
            if not ready:
                upgrade(settings.db_url)
                ready = True
            counts = beat(settings, now, stop)
        except FAULTS as error:
            log.warning("the pass broke off: %s; the next one tries again", _kind(error))
        else:
            if any(counts.values()):
                log.info("%d sent, %d failed", counts["sent"], counts["failed"])
        wait()


def _kind(error: Exception) -> str:
    """Return what an error is. Not its words: those of a database may hold data."""
    return str(error) if isinstance(error, ToxwatchError) else type(error).__name__


@dataclass(frozen=True, slots=True)
class Desk:
    """Where messages are sent from in one pass."""

    settings: Settings
    engine: Engine
    channels: Channels
    trail: Trail
    now: Clock
    stop: Callable[[], bool]
    name: str = field(default_factory=lambda: f"{os.getpid()}-{secrets.token_hex(8)}")
    counts: Counter[str] = field(default_factory=Counter)
    tried: set[int] = field(default_factory=set)

    def send_all(self) -> None:
        """Send one message after the other: of two, what became severe meanwhile goes first."""
        while not self.stop():
            row = self._claimed()
            if row is None:
                return
            ended = self._sent(row)
            self._keep(row, ended)
            self.counts["sent" if ended.kind == "sent" else "failed"] += 1
            if ended.kind != "sent":
                self.tried.add(row["id"])

    def put_copies(self) -> None:
        """Put copies of what is stuck on another channel."""
        with self.engine.begin() as connection:
            fallback.put(connection, self.settings.alert_fallback, self.trail, self.now())

    def tell_operations(self) -> None:
        """Tell the data engineers what is stuck."""
        stuck.tell(self.settings, self.engine, self.now())

    def _claimed(self) -> dict[str, Any] | None:
        with self.engine.begin() as connection:
            asker = claim.Asker(self.name, self.now(), self.tried)
            row = claim.next_message(connection, asker)
        reached("claimed")
        return row

    def _sent(self, row: dict[str, Any]) -> Outcome:
        now = self.now()
        try:
            told = letter(row, self.settings.dashboard_url, now)
        except UNWRITABLE as error:  # it must not stop the others
            return Outcome("dead", unwritable(error).reply)
        try:
            return Outcome("sent", self.channels.named(row["channel"]).send(told))
        except NotSentError as error:
            return Outcome("failed", error.reply, error.waits, error.counts)
        except RefusedError as error:
            return Outcome("dead", error.reply)
        except FAULTS as error:  # of the channel, whatever it is: the message waits
            said = f"the channel cannot be used: {failures.fault(error)}"
            return Outcome("failed", said, counts=True)

    # The message is out: a database that is away for a moment must not make it leave again.
    @retry(
        retry=retry_if_exception_type(DBAPIError), stop=stop_after_delay(30), reraise=True,
        wait=wait_random_exponential(multiplier=0.1, max=2),
    )  # fmt: skip
    def _keep(self, row: dict[str, Any], ended: Outcome) -> None:
        with self.engine.begin() as connection:
            outcome.keep(connection, self.trail, row, ended, self.now())
            reached("marking")
        reached("marked")
