"""Every setting, with its reason. Read once at the edge; the core takes values, not settings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from safety.errors import WrongUseError

Tls = Literal["starttls", "implicit", "none"]
Environment = Mapping[str, str]
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
MAIL_PORTS: Mapping[Tls, int] = {"starttls": 587, "implicit": 465, "none": 25}
# A message is leased for two minutes: a channel that has not answered by then must have given up.
LONGEST_TIMEOUT = 30.0
LONGEST_IDLE, LONGEST_SESSION = 60, 24  # minutes, hours


@dataclass(frozen=True, slots=True)
class Mail:
    """How mail leaves: the variables TOXWATCH_SMTP_<NAME>, the sender TOXWATCH_ALERT_SENDER."""

    host: str
    port: int
    # Alerts tell of subjects: never in plain text over a network, unless TOXWATCH_SMTP_PLAIN says
    # `allowed`. A server on this machine needs none.
    tls: Tls
    user: str
    # A file, as secrets are mounted: not an argument or a variable, which others can list.
    password_file: Path | None
    # The envelope sender; monitors filter on it.
    sender: str


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where the address `webhook:NAME` leads: TOXWATCH_WEBHOOK_<NAME>_URL and _SECRET_FILE."""

    url: str
    # With it the receiver knows that a message is ours.
    secret_file: Path


@dataclass(frozen=True, slots=True)
class Oidc:
    """Who else vouches for people, by OpenID Connect: the variables TOXWATCH_OIDC_<NAME>."""

    issuer: str
    client_id: str
    client_secret_file: Path
    # What the button of the sign-in page says.
    name: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are and how alerts leave. Each field is the variable TOXWATCH_<NAME>."""

    # Everything toxwatch writes lies below here, so that one volume holds the whole state.
    home: Path
    # One YAML a trial; a study team edits these without touching code.
    studies: Path
    # The domain database. It is never Airflow's metadata database, which gets cleaned.
    db_url: str
    # Outside the database: who can write there must not be able to write a new trail.
    audit_key: Path
    # Heads of the chains of the trail, outside the database: they show that a tail was cut off.
    anchors: Path
    # Signs cookies and makes the handles of subjects in addresses: outside the database too.
    session_key: Path
    # A browser that nobody uses is somebody else's soon; and nobody works longer than a day.
    idle_minutes: int
    session_hours: int
    # A file beside the database by default: an alert must leave even where no mail server is set.
    alert_channel: str
    # Where what mail does not take goes too, so that it is seen: `file`, `chat:NAME`,
    # `webhook:NAME` or `none`.
    alert_fallback: str
    # Seconds that a channel may take to answer; one that hangs must not keep the others waiting.
    alert_timeout: float
    # Who vouches for the servers of mail and webhooks, where it is none of the usual authorities.
    alert_ca: Path | None
    mail: Mail
    # Where the dashboard is reached, for the link in an alert.
    dashboard_url: str
    # Passwords never go over a network in plain text, unless TOXWATCH_DASHBOARD_PLAIN says
    # `allowed`: in a container whose port is published on its own machine only.
    dashboard_plain: bool
    # How many proxies stand before the dashboard: the address that the last of them tells is whose
    # failures to sign in are counted. With none, nobody is believed about an address.
    dashboard_proxies: int
    # Upper bound of one delivered file: untrusted input must not fill the disk or memory.
    max_file_mb: int
    webhooks: Mapping[str, Webhook] = field(default_factory=dict)
    # By name the file TOXWATCH_CHAT_<NAME>_URL_FILE with an address of apprise: it is a secret.
    chats: Mapping[str, Path] = field(default_factory=dict)
    # Without it people sign in with a password that is kept here.
    oidc: Oidc | None = None

    @property
    def evidence(self) -> Path:
        return self.home / "evidence"

    @property
    def work(self) -> Path:
        return self.home / "work"


def from_environment(environ: Environment | None = None) -> Settings:
    """Return the settings; raise WrongUseError for one that cannot be read."""
    env = os.environ if environ is None else environ
    home = Path(env.get("TOXWATCH_HOME", "var")).resolve()
    return Settings(
        home=home,
        studies=Path(env.get("TOXWATCH_STUDIES", "studies")).resolve(),
        db_url=env.get("TOXWATCH_DB_URL", _sqlite(home / "toxwatch.db")),
        audit_key=Path(env.get("TOXWATCH_AUDIT_KEY", home / "keys" / "audit.key")).resolve(),
        anchors=Path(env.get("TOXWATCH_ANCHORS", home / "anchors" / "audit.jsonl")).resolve(),
        session_key=Path(env.get("TOXWATCH_SESSION_KEY", home / "keys" / "session.key")).resolve(),
        idle_minutes=_at_most(env, "TOXWATCH_IDLE_MINUTES", 30, LONGEST_IDLE),
        session_hours=_at_most(env, "TOXWATCH_SESSION_HOURS", 12, LONGEST_SESSION),
        alert_channel=_one_of(env, "TOXWATCH_ALERT_CHANNEL", "file", ("file", "smtp")),
        alert_fallback=_fallback(env),
        alert_timeout=_seconds(env, "TOXWATCH_ALERT_TIMEOUT", LONGEST_TIMEOUT),
        alert_ca=_path(env, "TOXWATCH_ALERT_CA"),
        mail=_mail(env),
        dashboard_url=env.get("TOXWATCH_DASHBOARD_URL", "http://127.0.0.1:8050").rstrip("/"),
        dashboard_plain=env.get("TOXWATCH_DASHBOARD_PLAIN") == "allowed",
        dashboard_proxies=_number(env, "TOXWATCH_DASHBOARD_PROXIES", 0),
        max_file_mb=_number(env, "TOXWATCH_MAX_FILE_MB", 2048),
        webhooks={name: _webhook(env, name) for name in _names(env, "WEBHOOK", "URL")},
        chats={
            name: Path(env[f"TOXWATCH_CHAT_{name}_URL_FILE"])
            for name in _names(env, "CHAT", "URL_FILE")
        },
        oidc=_oidc(env),
    )


def _mail(env: Environment) -> Mail:
    host = env.get("TOXWATCH_SMTP_HOST", "127.0.0.1")
    tls = _tls(env, host)
    user, password = env.get("TOXWATCH_SMTP_USER", ""), _path(env, "TOXWATCH_SMTP_PASSWORD_FILE")
    if bool(user) != bool(password):
        raise WrongUseError("Give both TOXWATCH_SMTP_USER and TOXWATCH_SMTP_PASSWORD_FILE.")
    if user and tls == "none" and host not in LOOPBACK:
        raise WrongUseError("TOXWATCH_SMTP_TLS is none: a password would go in plain text.")
    port = _number(env, "TOXWATCH_SMTP_PORT", MAIL_PORTS[tls])
    return Mail(host, port, tls, user, password,
                env.get("TOXWATCH_ALERT_SENDER", "toxwatch@localhost"))  # fmt: skip


def _tls(env: Environment, host: str) -> Tls:
    usual = "none" if host in LOOPBACK else "starttls"
    tls = _one_of(env, "TOXWATCH_SMTP_TLS", usual, tuple(MAIL_PORTS))
    if tls == "none" and host not in LOOPBACK and env.get("TOXWATCH_SMTP_PLAIN") != "allowed":
        raise WrongUseError(
            f"TOXWATCH_SMTP_TLS is none: alerts would go to {host} in plain text. Give starttls "
            "or implicit, or set TOXWATCH_SMTP_PLAIN to allowed."
        )
    return "starttls" if tls == "starttls" else "implicit" if tls == "implicit" else "none"


def _webhook(env: Environment, name: str) -> Webhook:
    place = f"TOXWATCH_WEBHOOK_{name}_URL"
    parts, secret = urlsplit(env[place]), _path(env, f"TOXWATCH_WEBHOOK_{name}_SECRET_FILE")
    if not parts.hostname or parts.scheme not in {"https", "http"}:
        raise WrongUseError(f"{place} is no web address; give one that begins with https://.")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise WrongUseError(f"{place} is not encrypted; give one that begins with https://.")
    if secret is None:
        raise WrongUseError(f"{place} needs TOXWATCH_WEBHOOK_{name}_SECRET_FILE beside it.")
    return Webhook(env[place], secret)


def _oidc(env: Environment) -> Oidc | None:
    issuer, client = (env.get(f"TOXWATCH_OIDC_{name}", "") for name in ("ISSUER", "CLIENT_ID"))
    secret = _path(env, "TOXWATCH_OIDC_CLIENT_SECRET_FILE")
    if not issuer and not client and secret is None:
        return None
    if not issuer or not client or secret is None:
        raise WrongUseError(
            "Give TOXWATCH_OIDC_ISSUER, TOXWATCH_OIDC_CLIENT_ID and "
            "TOXWATCH_OIDC_CLIENT_SECRET_FILE, or none of them."
        )
    parts = urlsplit(issuer)
    if not parts.hostname or (parts.scheme != "https" and parts.hostname not in LOOPBACK):
        raise WrongUseError("TOXWATCH_OIDC_ISSUER: give an address that begins with https://.")
    return Oidc(issuer, client, secret, env.get("TOXWATCH_OIDC_NAME", "your organisation"))


def _names(env: Environment, kind: str, what: str) -> list[str]:
    """Return the names of the endpoints of a kind that the environment has."""
    start, end = f"TOXWATCH_{kind}_", f"_{what}"
    return [
        name[len(start) : -len(end)]
        for name in env
        if name.startswith(start) and name.endswith(end) and len(name) > len(start) + len(end)
    ]


def _fallback(env: Environment) -> str:
    channel = env.get("TOXWATCH_ALERT_FALLBACK", "file")
    kind, _, name = channel.partition(":")
    wanted = {"chat": f"TOXWATCH_CHAT_{name}_URL_FILE", "webhook": f"TOXWATCH_WEBHOOK_{name}_URL"}
    if channel not in {"file", "none"} and (not name or kind not in wanted):
        raise WrongUseError(
            f"TOXWATCH_ALERT_FALLBACK is {channel!r}; give file, none, chat:NAME or webhook:NAME."
        )
    if name and wanted[kind] not in env:
        raise WrongUseError(f"TOXWATCH_ALERT_FALLBACK is {channel!r}: set {wanted[kind]} too.")
    return channel


def _sqlite(path: Path) -> str:
    if "?" in str(path):
        raise WrongUseError(f"TOXWATCH_HOME {path.parent} has a ? in it; use another folder.")
    return f"sqlite:///{path}"


def _path(env: Environment, name: str) -> Path | None:
    return Path(env[name]) if env.get(name) else None


def _number(env: Environment, name: str, default: int) -> int:
    text = env.get(name, str(default))
    if not text.isdigit():
        raise WrongUseError(f"{name} is {text!r}; give a whole number.")
    return int(text)


def _at_most(env: Environment, name: str, default: int, most: int) -> int:
    number = _number(env, name, default)
    if not 1 <= number <= most:
        raise WrongUseError(f"{name} is {number}; give 1 to {most}.")
    return number


def _seconds(env: Environment, name: str, default: float) -> float:
    text = env.get(name, str(default))
    if not text.replace(".", "", 1).isdigit() or not 0 < float(text) <= LONGEST_TIMEOUT:
        raise WrongUseError(f"{name} is {text!r}; give seconds, at most {LONGEST_TIMEOUT:g}.")
    return float(text)


def _one_of(env: Environment, name: str, default: str, allowed: tuple[str, ...]) -> str:
    text = env.get(name, default)
    if text not in allowed:
        raise WrongUseError(f"{name} is {text!r}; give one of {', '.join(allowed)}.")
    return text
