"""What a message about an alert says besides the facts: what changed, and what is asked. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from safety.alerts.states import Change

SHORT = 12  # characters of an alert's id that name it in a command
OPEN_AGAIN = "open again"
MARKS = {
    "worsen": "worse", "lower": "lowered", "return": OPEN_AGAIN, "reopen": OPEN_AGAIN,
    "unsuppress": OPEN_AGAIN,
}  # fmt: skip
PLACE = re.compile(r" ?\[[^\[\]\n]* row \d+\]|^Source .* row \d+$", re.MULTILINE)
PASTED = "toxwatch alerts acknowledge STUDY {alert} --by NAME --reason WHY"


def without_places(text: str) -> str:
    """Return a text without the files and rows it names: a row moves with every whole extract."""
    return PLACE.sub("", text)


def marked(title: str, mark: str) -> str:
    """Return a title with a mark behind its tier: monitors filter on how it begins."""
    tier, _, rest = title.partition(" ")
    return f"{tier} [{mark}] {rest}"


def cleared(
    title: str, body: str, snapshot_id: str | None, instead: Sequence[str]
) -> tuple[str, str]:
    """Return title and body of an alert that the data do not support any more.

    instead: ids of alerts of the same subject and rule that begin now.
    """
    source = f"of snapshot {snapshot_id} " if snapshot_id else ""
    first, _, _ = body.partition("\n")
    lines = [
        f"Cleared by a change of the data: {first}",
        f"The newest data {source}do not support it any more.",
        *(f"Now told as {alert_id}" for alert_id in instead),
        "",
        "It said:",
        body,
    ]
    return marked(title, "cleared"), "\n".join(lines)


def subject(change: Change) -> str:
    """Return the subject of the message about a change."""
    mark = MARKS.get(change.action)
    return marked(change.alert.title, mark) if mark else change.alert.title


def body(change: Change, timezone: str) -> str:
    """Return the text of the message about a change, with what is asked of its reader."""
    return "\n".join([*_news(change), change.alert.body, "", *asked(change, timezone)])


def _news(change: Change) -> list[str]:
    """Return what is new about an alert that was told before."""
    before = change.before
    if before is None or change.action == "clear":
        return []
    first, _, _ = before.body.partition("\n")
    why = change.reason[:1].upper() + change.reason[1:]
    return [f"{why}.", f"Before: {before.tier}, {first}", ""]


def asked(change: Change, timezone: str) -> list[str]:
    """Return which alert it is and by when somebody must acknowledge it, in the study's time."""
    alert = change.alert
    lines = [f"Alert {alert.alert_id}, rule {alert.rule}, {alert.tier}, revision {alert.revision}"]
    if alert.due_at:
        due = datetime.fromisoformat(alert.due_at).astimezone(ZoneInfo(timezone))
        lines += [
            f"Acknowledge it by {due:%Y-%m-%d %H:%M} ({timezone}) with",
            PASTED.format(alert=alert.alert_id[:SHORT]),
        ]
    return [*lines, *([f"Snapshot {alert.last_snapshot}"] if alert.last_snapshot else [])]
