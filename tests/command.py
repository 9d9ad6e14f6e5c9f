"""Call `toxwatch` in this process: one of its own imports everything anew, for seconds.

What only a process shows (its streams, signals, two of them at once) is shown by tests that start
one: tests/e2e/trials.py, and a few of tests/cli.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from typing import NamedTuple

import pytest

from safety.cli import main


class Done(NamedTuple):
    """How a command ended, named as by `subprocess`."""

    returncode: int
    stdout: str
    stderr: str


def here(environ: Mapping[str, str], *arguments: object) -> Done:
    """Call the command with more variables; what it does not catch is raised."""
    with (
        pytest.MonkeyPatch.context() as patch,
        redirect_stdout(StringIO()) as out,
        redirect_stderr(StringIO()) as err,
    ):
        for name, value in environ.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["toxwatch", *map(str, arguments)])
        code = _exit_code()
    return Done(code, out.getvalue(), err.getvalue())


def _exit_code() -> int:
    try:
        main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0
