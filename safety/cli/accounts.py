"""Commands on accounts: who may sign in, with which role in which study, and their sessions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from safety.cli.common import (
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
from safety.settings import Settings, from_environment

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from safety.accounts.account import Person

accounts_app = typer.Typer(help="Who may sign in, and do what.", no_args_is_help=True)
Username = Annotated[str, typer.Argument(help="The username of the account.")]
Name = Annotated[str, typer.Option("--name", help="As it is printed beside a signature.")]
FromFile = Annotated[
    Path | None,
    typer.Option("--password-file", help="A file with the password; else it is asked for."),
]
Role = Annotated[str, typer.Argument(help="committee, chair, monitor, engineer, auditor or admin.")]
InStudy = Annotated[str, typer.Option("--study", help="A study, or * for every one.")]


@accounts_app.command("first-admin")
def first_admin(username: Username, name: Name, password_file: FromFile = None) -> None:
    """Create the first account, which creates all others; only while there is none."""
    from safety.accounts import people

    settings = ready()
    password = _password(password_file)
    people.create_first_admin(settings, username, name, password, utc_now(), _words(settings))
    _say(f"{username} is admin")


@accounts_app.command()
def create(
    username: Username,
    name: Name,
    by: By,
    reason: Why,
    language: Annotated[str, typer.Option(help="Of the pages, e.g. en; else as asked.")] = "",
    password_file: FromFile = None,
    elsewhere: Annotated[
        bool, typer.Option("--oidc-only", help="No password: it signs in by OpenID Connect.")
    ] = False,
) -> None:
    """Create an account; it has no role yet."""
    from safety.accounts import people

    settings, who = ready(), signed(by, reason)
    password = "" if elsewhere else _password(password_file)
    people.create(
        settings, username, name, who,
        password=password, language=language, words=_words(settings),
    )  # fmt: skip
    _say(f"{username} is created, without a role")


@accounts_app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the accounts with their roles."""
    from safety.accounts import people
    from safety.report import text

    with _reading() as connection:
        found = people.listing(connection)
    short = found.drop(columns=["LANGUAGE", "PASSWORD AT", "ACCOUNT ID"])
    text.print_frame(found if as_json else short, wide_output(), as_json)


@accounts_app.command()
def show(username: Username, as_json: AsJson = False) -> None:
    """Show an account and its roles."""
    import json

    person = _person(username)
    told = asdict(person.account) | {
        "roles": {study: sorted(roles) for study, roles in sorted(person.roles.items())}
    }
    if as_json:
        print(json.dumps(told, indent=1, ensure_ascii=False))
        return
    for what, value in told.items():
        output.print(f"{what}: {value}", markup=False, highlight=False, soft_wrap=True)


@accounts_app.command()
def grant(username: Username, role: Role, study: InStudy, by: By, reason: Why) -> None:
    """Grant a role; it holds at once."""
    from safety.accounts import people

    settings, who = ready(), signed(by, reason)
    studyid = _study(settings, study)
    people.grant(settings, _id(username), studyid, role, who)
    _say(f"{username} is {role} in {studyid}")


@accounts_app.command()
def revoke(
    username: Username,
    role: Role,
    study: Annotated[str, typer.Option("--study", help="As the list has it; * for every one.")],
    by: By,
    reason: Why,
) -> None:
    """Take a role away; it is gone at once."""
    from safety.accounts import people

    people.revoke(ready(), _id(username), study, role, signed(by, reason))
    _say(f"{username} is {role} in {study} no more")


@accounts_app.command()
def password(username: Username, by: By, reason: Why, password_file: FromFile = None) -> None:
    """Give an account another password; its sessions end."""
    from safety.accounts import people

    settings, who, account_id = ready(), signed(by, reason), _id(username)
    new = _password(password_file)
    people.set_password(settings, account_id, new, who, words=_words(settings))
    _say(f"{username} has another password")


@accounts_app.command()
def rename(username: Username, name: Name, by: By, reason: Why) -> None:
    """Print another name beside signatures from now on."""
    from safety.accounts import people

    people.rename(ready(), _id(username), name, signed(by, reason))
    _say(f"{username} is {name}")


@accounts_app.command()
def disable(username: Username, by: By, reason: Why) -> None:
    """Let an account sign in no more; its sessions end, what it did stays."""
    from safety.accounts import people

    people.disable(ready(), _id(username), signed(by, reason))
    _say(f"{username} is disabled")


@accounts_app.command()
def enable(username: Username, by: By, reason: Why) -> None:
    """Let a disabled account sign in again, with the roles that it has."""
    from safety.accounts import people

    people.enable(ready(), _id(username), signed(by, reason))
    _say(f"{username} is active")


@accounts_app.command()
def oidc(
    username: Username,
    by: By,
    reason: Why,
    issuer: Annotated[str, typer.Option(help="`iss` of the provider; leave out to unbind.")] = "",
    subject: Annotated[str, typer.Option(help="`sub` of the person there.")] = "",
) -> None:
    """Let a person of an OpenID Connect provider sign in as an account."""
    from safety.accounts import people

    people.bind_oidc(ready(), _id(username), issuer, subject, signed(by, reason))
    _say(f"{username} signs in by {issuer}" if issuer else f"{username} is bound to no provider")


@accounts_app.command()
def sessions(username: Username, as_json: AsJson = False) -> None:
    """List the sessions of an account that are not over."""
    import pandas as pd

    from safety.accounts import sessions as opened
    from safety.report import text

    account_id = _id(username)
    with _reading() as connection:
        limits = opened.limits_of(from_environment())
        found = opened.active(connection, account_id, utc_now(), limits)
    columns = ["session_id", "method", "created_at", "seen_at", "auth_at", "address"]
    frame = pd.DataFrame([asdict(each) for each in found], columns=columns)
    text.print_frame(frame.rename(columns=str.upper), wide_output(), as_json)


@accounts_app.command("end-sessions")
def end_sessions(username: Username, by: By, reason: Why) -> None:
    """End every session of an account."""
    from safety.accounts import sessions as opened

    who = signed(by, reason)
    count = opened.end_all(ready(), _id(username), utc_now(), by=who.by, reason=who.reason)
    _say(f"{count} sessions of {username} have ended")


@contextmanager
def _reading() -> Iterator[Connection]:
    from safety.store.engine import reader

    engine = reader(ready().db_url)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _person(username: str) -> Person:
    from safety.accounts import people
    from safety.errors import WrongUseError

    with _reading() as connection:
        found = people.by_username(connection, username)
    if found is None:
        raise WrongUseError(f"there is no account {username}: see `toxwatch accounts list`.")
    return found


def _id(username: str) -> str:
    return _person(username).account.account_id


def _study(settings: Settings, name: str) -> str:
    from safety.accounts.account import EVERY

    return name if name == EVERY else studyid_of(settings, name)


def _words(settings: Settings) -> list[str]:
    """Return what a password must not be made of: the ids of studies."""
    from safety.store.read import Store

    return Store(settings.db_url).studies()


def _password(file: Path | None) -> str:
    """Return the password of a file, without the end of its line; else ask twice, without echo."""
    if file is not None:
        return file.read_text(encoding="utf-8").removesuffix("\n").removesuffix("\r")
    answer: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return answer


def _say(done: str) -> None:
    output.print(done, markup=False, highlight=False, soft_wrap=True)
    anchor_act()
