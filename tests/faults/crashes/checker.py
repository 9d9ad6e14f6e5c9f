"""Compare the account of the generator with the database and with what the mail server took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.faults.crashes import audited, reading
from tests.faults.crashes.account import RECIPIENTS, Alarm, Delivery, Sample
from tests.faults.crashes.sink import Mail
from tests.faults.crashes.world import Prepared, World

RULE = "GRADE4"  # of the alerts whose number is known by construction


@dataclass
class Verdict:
    """Counts over one or more worlds. `said` tells the first of each fault."""

    rows: int = 0
    rows_lost: int = 0
    rows_twice: int = 0
    alerts: int = 0
    alerts_lost: int = 0
    alerts_extra: int = 0
    alerts_twice: int = 0
    alerts_wrong: int = 0  # hold although the data were corrected, or the other way round
    mails: int = 0
    mails_lost: int = 0
    mails_extra: int = 0  # about what is not in the database
    wire_repeats: int = 0  # the same Message-ID again: allowed, and counted
    audit_breaks: int = 0
    partial: int = 0  # snapshots that are not what an undisturbed run makes
    left: int = 0  # folders of runs that are done
    wrecks: int = 0
    unsent: int = 0
    said: list[str] = field(default_factory=list)

    FAULTS = (
        "rows_lost", "rows_twice", "alerts_lost", "alerts_extra", "alerts_twice", "alerts_wrong",
        "mails_lost", "mails_extra", "audit_breaks", "partial", "left", "wrecks", "unsent",
    )  # fmt: skip

    def fault(self, name: str, what: Iterable[Any]) -> None:
        found = list(what)
        if found:
            setattr(self, name, getattr(self, name) + len(found))
            self.said.append(f"{name}: {found[:3]}")

    def add(self, other: Verdict) -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    @property
    def faults(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in self.FAULTS if getattr(self, name)}


def check(world: World, done: Sequence[Delivery], mails: Sequence[Mail], made: Prepared) -> Verdict:
    """Judge a world in which the deliveries `done` were committed, in that order."""
    verdict = Verdict()
    _rows(verdict, world, done)
    _snapshots(verdict, world, done, made)
    _alerts(verdict, world, done)
    _mails(verdict, world, done, mails)
    given_up = {world.ids[d.name] for d in made.story if d.is_withdrawn}  # nobody came back to it
    verdict.fault("left", set(world.left_behind()) - given_up)
    verdict.fault("wrecks", [] if reading.is_sound(world.db_url) else [world.db_url])
    verdict.fault("audit_breaks", audited.breaks(world))
    return verdict


def _rows(verdict: Verdict, world: World, done: Sequence[Delivery]) -> None:
    """Every sample is there once as of every snapshot, with its value."""
    found = world.rows(
        "SELECT s.snapshot_id, m.usubjid, m.paramcd, substr(m.adtc, 1, 10), m.aval FROM snapshot s "
        "JOIN measurement m ON m.study = s.study AND m.tx_from <= s.seq AND m.tx_to > s.seq "
        "WHERE m.paramcd IN ('NEUT', 'PLAT')",
    )
    there: dict[str, Counter[tuple[Sample, float]]] = {}
    for snapshot, subject, code, day, value in found:
        there.setdefault(snapshot, Counter())[(subject, code, day), value] += 1
    for given in done:
        rows = there.get(world.ids[given.name], Counter())
        verdict.rows += len(given.samples)
        verdict.fault("rows_lost", [s for s in given.samples.items() if not rows[s]])
        wanted = set(given.samples.items())
        verdict.fault("rows_twice", [s for s, n in rows.items() if n > 1 or s not in wanted])


def _snapshots(verdict: Verdict, world: World, done: Sequence[Delivery], made: Prepared) -> None:
    """There is one snapshot a delivery, with the results and rows of an undisturbed run."""
    found = world.rows("SELECT snapshot_id, result_hash FROM snapshot")
    counted = Counter(snapshot for snapshot, _ in found)
    wanted = {world.ids[given.name] for given in done}
    verdict.fault("partial", [s for s in wanted if counted[s] != 1])
    verdict.fault("partial", [s for s in counted if s not in wanted])
    verdict.fault("partial", [s for s, h in found if made.hashes.get(s, h) != h])
    sizes = reading.sizes(world.read_url or world.db_url)
    verdict.fault("partial", [s for s in wanted if s in made.sizes and sizes[s] != made.sizes[s]])


def _alerts(verdict: Verdict, world: World, done: Sequence[Delivery]) -> None:
    """One alert for each alarm that was ever delivered, and it holds if the newest data have it."""
    found = world.rows(
        f"SELECT alert_id, usubjid, episode, condition, level FROM alert WHERE rule = '{RULE}'",
    )
    alerts = Counter((subject, episode.split("|")[0]) for _, subject, episode, _, _ in found)
    ever = raised(done)
    verdict.alerts += len(ever)
    verdict.fault("alerts_lost", [a for a in ever if not alerts[a]])
    verdict.fault("alerts_extra", [a for a in alerts if a not in ever])
    verdict.fault("alerts_twice", [a for a, n in alerts.items() if n > 1])
    now = holding(done)
    holds = {(s, e.split("|")[0]) for _, s, e, condition, _ in found if condition == "holds"}
    verdict.fault("alerts_wrong", holds ^ now)


def raised(done: Sequence[Delivery]) -> set[Alarm]:
    """Return the alarms of all deliveries."""
    return {alarm for given in done for alarm in given.alarms}


def holding(done: Sequence[Delivery]) -> set[Alarm]:
    """Return the alarms of the newest delivery of each study."""
    newest = {given.study: given for given in done}
    return {alarm for given in newest.values() for alarm in given.alarms}


def _mails(verdict: Verdict, world: World, done: Sequence[Delivery], mails: Sequence[Mail]) -> None:
    """Each alarm reached each recipient; nothing was sent that is not in the outbox."""
    outbox = world.rows(
        "SELECT o.key, o.recipient, o.kind, o.state, a.usubjid, a.rule, a.episode, o.channel "
        "FROM outbox o LEFT JOIN alert a ON a.alert_id = o.alert_id",
    )
    keys = Counter((m.key, m.recipient) for m in mails)
    sent = {(o[0], o[1]) for o in outbox if o[3] == "sent" and o[7] == "smtp"}
    verdict.mails += len(outbox)
    verdict.wire_repeats += sum(n - 1 for n in keys.values())
    verdict.fault("mails_extra", [k for k in keys if k not in {(o[0], o[1]) for o in outbox}])
    verdict.fault("mails_lost", [k for k in sent if k not in keys])
    verdict.fault("unsent", [o[:4] for o in outbox if o[3] != "sent"])
    words = {to: [m.words for m in mails if m.recipient == to] for to in RECIPIENTS}
    verdict.fault("mails_lost", [
        (alarm, to)
        for alarm in raised(done)
        for to in RECIPIENTS
        if not any(_is_of(alarm, text) for text in words[to])
    ])  # fmt: skip
    told = Counter(
        (subject, episode.split("|")[0], to)
        for _, to, kind, _, subject, rule, episode, channel in outbox
        if kind == "raise" and rule == RULE and channel == "smtp"
    )
    verdict.fault("alerts_twice", [t for t, n in told.items() if n > 1])


def _is_of(alarm: Alarm, text: str) -> bool:
    """Whether a mail is the alarm of a grade, not what else is said of the same subject."""
    subject, term = alarm
    title = text.split("\n", maxsplit=1)[0]
    return subject in title and f"{term}: grade 4" in title
