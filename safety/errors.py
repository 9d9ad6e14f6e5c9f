"""Errors written for the reader: what is wrong, where, and what to do."""

from __future__ import annotations


class ToxwatchError(Exception):
    """Base of every error toxwatch raises on purpose."""


class WrongUseError(ToxwatchError):
    """The command or its settings are wrong: nothing was read or written (exit code 2)."""


class StudyError(WrongUseError):
    """A study file cannot be used. Each entry of `problems` names place, fault and remedy."""

    def __init__(self, path: str, problems: list[str]) -> None:
        self.path, self.problems = path, problems
        super().__init__(f"{path}: " + "; ".join(problems))


class HeldDeliveryError(ToxwatchError):
    """A delivery cannot be used as a whole: it is held, the previous state stays current."""

    def __init__(self, file: str, fault: str, remedy: str) -> None:
        self.file, self.fault, self.remedy = file, fault, remedy
        super().__init__(f"{file}: {fault} {remedy}")


class PullError(ToxwatchError):
    """A server could not be asked or said what cannot be used: nothing of that pull is written."""

    def __init__(self, feed: str, fault: str, remedy: str) -> None:
        self.feed, self.fault, self.remedy = feed, fault, remedy
        super().__init__(f"feed {feed}: {fault} {remedy}")
