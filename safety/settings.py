"""Every setting, with its reason. Read once at the edge; the core takes values, not settings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from safety.errors import WrongUseError


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
    # A file beside the database by default: an alert must leave even where no mail server is set.
    alert_channel: str
    smtp_host: str
    smtp_port: int
    # The envelope sender; monitors filter on it.
    alert_sender: str
    # Where the dashboard is reached, for the link in an alert.
    dashboard_url: str
    # Upper bound of one delivered file: untrusted input must not fill the disk or memory.
    max_file_mb: int

    @property
    def evidence(self) -> Path:
        return self.home / "evidence"

    @property
    def work(self) -> Path:
        return self.home / "work"


def from_environment(environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings; raise WrongUseError for one that cannot be read."""
    env = os.environ if environ is None else environ
    home = Path(env.get("TOXWATCH_HOME", "var")).resolve()
    return Settings(
        home=home,
        studies=Path(env.get("TOXWATCH_STUDIES", "studies")).resolve(),
        db_url=env.get("TOXWATCH_DB_URL", _sqlite(home / "toxwatch.db")),
        audit_key=Path(env.get("TOXWATCH_AUDIT_KEY", home / "keys" / "audit.key")).resolve(),
        alert_channel=_one_of(env, "TOXWATCH_ALERT_CHANNEL", "file", ("file", "smtp")),
        smtp_host=env.get("TOXWATCH_SMTP_HOST", "127.0.0.1"),
        smtp_port=_number(env, "TOXWATCH_SMTP_PORT", 25),
        alert_sender=env.get("TOXWATCH_ALERT_SENDER", "toxwatch@localhost"),
        dashboard_url=env.get("TOXWATCH_DASHBOARD_URL", "http://127.0.0.1:8050"),
        max_file_mb=_number(env, "TOXWATCH_MAX_FILE_MB", 2048),
    )


def _sqlite(path: Path) -> str:
    if "?" in str(path):
        raise WrongUseError(f"TOXWATCH_HOME {path.parent} has a ? in it; use another folder.")
    return f"sqlite:///{path}"


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, str(default))
    if not text.isdigit():
        raise WrongUseError(f"{name} is {text!r}; give a whole number.")
    return int(text)


def _one_of(env: Mapping[str, str], name: str, default: str, allowed: tuple[str, ...]) -> str:
    text = env.get(name, default)
    if text not in allowed:
        raise WrongUseError(f"{name} is {text!r}; give one of {', '.join(allowed)}.")
    return text
