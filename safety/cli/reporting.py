"""Commands for reports about serious adverse events: what is owed when, and what people did."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

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
    utc_now,
    wide_output,
)
from safety.settings import from_environment

if TYPE_CHECKING:
    from safety.reporting.acts import Desk
    from safety.reporting.obligation import Obligation

reporting_app = typer.Typer(
    help="Reports about serious adverse events, and their clocks.", no_args_is_help=True
)
Which = Annotated[str, typer.Argument(help="OBLIGATION of the list.")]
Time = Annotated[
    str, typer.Option(help="ISO 8601, e.g. 2024-03-05T16:30; in the zone of the clocks unless said")
]


@reporting_app.command("list")
def list_(
    study: StudyName,
    settled: Annotated[bool, typer.Option("--all", help="Also those that are settled.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the reports that are owed, by due time, and events that nobody can judge."""
    from safety.report import text as report
    from safety.reporting.listing import SHORT, listing

    settings, now = ready(), utc_now()
    loaded = study_of(settings, study)
    found = listing(settings.db_url, loaded, now, settled=settled)
    _tell(loaded.studyid, now, {"rows": len(found)})
    report.print_frame(found if as_json else found[SHORT], wide_output(), as_json)


@reporting_app.command()
def show(study: StudyName, obligation: Which, as_json: AsJson = False) -> None:
    """Show what a report is about, what happened to it, and what may be done with it."""
    import json

    from safety.reporting.listing import history

    settings = ready()
    loaded = study_of(settings, study)
    found = history(settings.db_url, loaded, obligation)
    _tell(loaded.studyid, utc_now(), {"rows": 1})
    if as_json:
        content = {
            "report": found.report, "events": found.events.to_dict("records"),
            "possible": found.possible,
        }  # fmt: skip
        print(json.dumps(content, indent=1, ensure_ascii=False))
        return
    for name, value in found.report.items():
        output.print(f"{name}: {value}", markup=False, highlight=False, soft_wrap=True)
    output.print(f"possible: {', '.join(found.possible)}", highlight=False)
    print_frame(found.events, as_json)


@reporting_app.command()
def submit(
    study: StudyName,
    obligation: Which,
    on: Time,
    by: By,
    reason: Why,
    reference: Annotated[str, typer.Option(help="Number under which it was sent.")] = "",
) -> None:
    """Record that a report was sent."""
    from safety.reporting import acts

    at = _moment(on)
    _say(acts.submit(_desk(study), obligation, at, reference, signed(by, reason)))


@reporting_app.command("not-required")
def not_required(study: StudyName, obligation: Which, by: By, reason: Why) -> None:
    """Record that a report need not be sent, and why."""
    from safety.reporting import acts

    _say(acts.not_required(_desk(study), obligation, signed(by, reason)))


@reporting_app.command()
def aware(study: StudyName, obligation: Which, at: Time, by: By, reason: Why) -> None:
    """Record that an event was known earlier than its data; its clocks move."""
    from safety.reporting import acts
    from safety.reporting.clock import aware_at
    from safety.reporting.kinds import clocks

    desk = _desk(study)
    since = aware_at(_moment(at), clocks(desk.study).zone)
    _say(acts.aware(desk, obligation, since, signed(by, reason)))


@reporting_app.command()
def causality(
    study: StudyName,
    obligation: Which,
    by: By,
    reason: Why,
    related: Annotated[bool, typer.Option("--related/--unrelated", help="What is decided.")],
) -> None:
    """Record the sponsor's causality; it never takes back what the site suspects."""
    _decide(study, obligation, "causality", "related" if related else "unrelated", by, reason)


@reporting_app.command()
def expectedness(
    study: StudyName,
    obligation: Which,
    by: By,
    reason: Why,
    expected: Annotated[bool, typer.Option("--expected/--unexpected", help="What is decided.")],
) -> None:
    """Record whether an event is expected, at the severity that it has now."""
    value = "expected" if expected else "unexpected"
    _decide(study, obligation, "expectedness", value, by, reason)


def _decide(study: str, obligation: str, name: str, value: str, by: str, reason: str) -> None:
    from safety.reporting import acts

    _say(acts.decide(_desk(study), obligation, name, value, signed(by, reason)))
    output.print("Reports that are owed stay so until they are submitted or not required.")


def _moment(text: str) -> datetime:
    from safety.errors import WrongUseError

    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise WrongUseError(f"{text!r} is no time: write it as 2024-03-05T16:30.") from error


def _desk(name: str) -> Desk:
    from safety.audit.key import trail
    from safety.reporting.acts import Desk

    settings = ready()
    return Desk(settings.db_url, study_of(settings, name), trail(settings))


def _tell(studyid: str, now: datetime, shown: dict[str, int]) -> None:
    from safety.audit.reads import tell

    tell(from_environment(), studyid, "obligation", now, shown=shown)


def _say(o: Obligation) -> None:
    told = f"{o.obligation_id[:12]} {o.kind} of {o.usubjid} is {o.state}, due {o.due_at}"
    output.print(told, markup=False, highlight=False, soft_wrap=True)
    anchor_act()
