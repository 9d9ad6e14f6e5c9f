"""What somebody says was decided: checked for what can be seen of it without any data."""

from __future__ import annotations

from dataclasses import dataclass

from safety.decisions.decision import ADJUDICATION, DOSE, KINDS
from safety.errors import WrongUseError
from safety.signed import MAX_REASON


@dataclass(frozen=True, slots=True)
class Statement:
    """What was decided, and about what: a subject, a dose level, or all who were treated."""

    kind: str
    text: str
    usubjid: str = ""
    doselvl: str = ""
    next_level: str = ""

    def __post_init__(self) -> None:
        """Raise WrongUseError for one that does not say what it is about."""
        if self.kind not in KINDS:
            raise WrongUseError(f"kind {self.kind!r}: give one of {', '.join(KINDS)}.")
        if not self.text.strip() or len(self.text) > MAX_REASON or not self.text.isprintable():
            raise WrongUseError(
                f"the statement: give a text of one line, of at most {MAX_REASON} characters."
            )
        if self.kind == ADJUDICATION and (not self.usubjid or self.doselvl):
            raise WrongUseError("an adjudication is about one subject: name it, and no level.")
        if self.kind == DOSE and (not self.doselvl or self.usubjid):
            raise WrongUseError("a dose decision is about a level: name it, and no subject.")
        if self.next_level and self.kind != DOSE:
            raise WrongUseError("only a dose decision says the level of the next subjects.")
