"""Who acts, why and when: what every act of a person is written with. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from safety.errors import WrongUseError
from safety.stamp import stamp

MAX_NAME, MAX_REASON = 100, 1000  # characters


@dataclass(frozen=True, slots=True)
class Signed:
    """Who acts, why and when (ISO 8601); raises WrongUseError for a blank name or reason."""

    by: str
    reason: str
    at: str

    def __post_init__(self) -> None:
        for what, text, most in (
            ("the name of a person", self.by, MAX_NAME),
            ("the reason", self.reason, MAX_REASON),
        ):
            if not text.strip() or len(text) > most or not text.isprintable():
                raise WrongUseError(
                    f"{what}: give a text of one line, of at most {most} characters."
                )


def sign(by: str, reason: str, now: datetime) -> Signed:
    """Return who acts, why and when."""
    return Signed(by.strip(), reason.strip(), stamp(now))
