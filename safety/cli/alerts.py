"""Commands by which named people follow and settle alerts."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safety.cli import dispatch
from safety.cli.common import (
    AsJson,
    By,
    StudyName,
    Why,
    anchor_act,
    output,
    print_frame,
    ready,
    signed,
    study_of,
    studyid_of,
    utc_now,
    wide_output,
)
from safety.settings import from_environment

if TYPE_CHECKING:
    from safety.alerts.deeds import Deed
    from safety.alerts.states import Alert

alerts_app = typer.Typer(help="Alerts: their life and their delivery.", no_args_is_help=True)
alerts_app.add_typer(dispatch.app)
AlertId = Annotated[str, typer.Argument(help="ALERT of the list, at least 8 characters.")]
To = Annotated[str, typer.Option("--to", help="Who owns it from now on.")]
Until = Annotated[
    str,
    typer.Option("--until", help="A day (it ends at its beginning) or time, at most 90 days."),
]
Seen = Annotated[
    int | None,
    typer.Option("--revision", help="The one that you saw: refused if it was told anew since."),
]
Ended = Annotated[bool, typer.Option("--all", help="Also those that are resolved.")]


class Result(StrEnum):
    """What an alert turned out to be."""

    confirmed = "confirmed"
    not_confirmed = "not_confirmed"
    duplicate = "duplicate"
    data_error = "data_error"
    other = "other"


Chosen = Annotated[Result, typer.Option("--outcome", help="What it turned out to be.")]


@alerts_app.command("list")
def list_(study: StudyName, ended: Ended = False, as_json: AsJson = False) -> None:
    """List the alerts of a study: open ones first, then the most severe, then the most overdue."""
    from safety.alerts.listing import BRIEF, listing
    from safety.report import text as report

    settings = ready()
    studyid = studyid_of(settings, study)
    found = listing(settings.db_url, studyid, utc_now(), ended=ended)
    _tell(studyid, {"rows": len(found)})
    report.print_frame(found if as_json else found[BRIEF], wide_output(), as_json)


@alerts_app.command()
def show(study: StudyName, alert: AlertId, as_json: AsJson = False) -> None:
    """Show an alert in full, what happened to it, and what may be done with it."""
    from safety.alerts.listing import history

    settings = ready()
    studyid = studyid_of(settings, study)
    found, events, allowed = history(settings.db_url, studyid, alert)
    _tell(studyid, {"rows": 1}, found.alert_id)
    if as_json:
        _print_json(found, events.to_dict("records"), allowed)
        return
    for line in (found.title, "", found.body, "", _state(found)):
        output.print(line, markup=False, highlight=False, soft_wrap=True)
    output.print(f"possible: {', '.join(allowed)}", highlight=False)
    brief = ["AT", "ACTION", "ACTOR", "REASON", "STATE_AFTER", "CONDITION", "TIER", "REVISION"]
    print_frame(events[brief], as_json)


def _tell(studyid: str, shown: dict[str, int], alert_id: str = "") -> None:
    """Keep in the trail that somebody reads alerts."""
    from safety.audit import reads

    reads.tell(from_environment(), studyid, "alerts", utc_now(), object_id=alert_id, shown=shown)


def _print_json(found: Alert, events: list[Any], allowed: list[str]) -> None:
    import json
    from dataclasses import asdict

    content = {"alert": asdict(found), "events": events, "possible": allowed}
    print(json.dumps(content, indent=1, ensure_ascii=False))


@alerts_app.command()
def acknowledge(study: StudyName, alert: AlertId, by: By, reason: Why, seen: Seen = None) -> None:
    """Say that you know of it and see to it: it is not overdue any more."""
    _act(study, alert, "acknowledge", by, reason, revision=seen)


@alerts_app.command()
def review(study: StudyName, alert: AlertId, by: By, reason: Why, seen: Seen = None) -> None:
    """Say that it is being looked into; it must be acknowledged."""
    _act(study, alert, "review", by, reason, revision=seen)


@alerts_app.command()
def resolve(
    study: StudyName, alert: AlertId, outcome: Chosen, by: By, reason: Why, seen: Seen = None
) -> None:
    """End it with an outcome; the reason is the comment. New evidence opens it again."""
    _act(study, alert, "resolve", by, reason, outcome=outcome.value, revision=seen)


@alerts_app.command()
def suppress(
    study: StudyName, alert: AlertId, until: Until, by: By, reason: Why, seen: Seen = None
) -> None:
    """Silence it for a time, unless it gets worse; not one of P1."""
    _act(study, alert, "suppress", by, reason, until=until, revision=seen)


@alerts_app.command()
def unsuppress(study: StudyName, alert: AlertId, by: By, reason: Why) -> None:
    """End a suppression now: it is open and told again."""
    _act(study, alert, "unsuppress", by, reason)


@alerts_app.command()
def reopen(study: StudyName, alert: AlertId, by: By, reason: Why) -> None:
    """Open an alert that was acknowledged or resolved: it is told again."""
    _act(study, alert, "reopen", by, reason)


@alerts_app.command()
def assign(study: StudyName, alert: AlertId, to: To, by: By, reason: Why) -> None:
    """Give an alert to somebody; its state stays."""
    _act(study, alert, "assign", by, reason, owner=to)


def _act(name: str, alert: str, deed: Deed, by: str, reason: str, **about: Any) -> None:
    from safety.alerts import acts, deeds
    from safety.alerts.voice import Voice
    from safety.audit.key import trail

    settings, by_whom = ready(), signed(by, reason)
    study = study_of(settings, name)
    if "until" in about:
        about["until"] = deeds.until(about["until"], study.timezone, utc_now())
    desk = acts.Desk(settings.db_url, Voice(study, settings.alert_channel, trail(settings)))
    done = acts.perform(desk, alert, deed, by_whom, **about)
    output.print(_state(done), markup=False, highlight=False, soft_wrap=True)
    anchor_act()


def _state(alert: Alert) -> str:
    parts = [
        f"{alert.alert_id} is {alert.state}",
        f"its condition {'holds' if alert.condition == 'holds' else 'is ' + alert.condition}",
        f"revision {alert.revision}",
        *([f"acknowledge by {alert.due_at}"] if alert.due_at else []),
        *([f"suppressed until {alert.suppressed_until}"] if alert.suppressed_until else []),
        *([f"outcome {alert.outcome}"] if alert.outcome else []),
        *([f"owner {alert.owner}"] if alert.owner else []),
    ]
    return ", ".join(parts)
