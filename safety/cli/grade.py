"""The command that grades a file of measurements without a study or a database."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer

from safety.cli.common import AsJson, messages, output
from safety.settings import from_environment

app = typer.Typer()


@app.command()
def grade(
    file: Annotated[Path, typer.Argument(help="Measurements: CSV, TSV or Parquet.")],
    out: Annotated[Path, typer.Option(help="Result: .csv, .tsv, .parquet, .jsonl or .json.")],
    policy: Annotated[
        Literal["number_only", "worst_case"],
        typer.Option(help="How unknown clinical facts are taken."),
    ] = "number_only",
    ctcae: Annotated[str, typer.Option(help="CTCAE version.")] = "5.0",
    encoding: Annotated[str, typer.Option(help="Encoding of a text file, e.g. gb18030.")] = "utf-8",
    as_json: AsJson = False,
) -> None:
    """Grade a file of measurements by CTCAE: one row out a row in and applicable term."""
    from safety.gradefile import grade_file

    max_bytes = from_environment().max_file_mb << 20
    with _orderly_end():
        summary = grade_file(
            file, out, policy=policy, ctcae=ctcae, encoding=encoding, max_bytes=max_bytes
        )
    if as_json:
        print(json.dumps(summary.as_dict(), indent=1))
        return
    output.print(f"{summary.rows_in:,} rows in, {summary.rows_out:,} out: {out}")
    for name, count in (*sorted(summary.grades.items()), *summary.reasons.most_common()):
        output.print(f"  {count:>12,}  {name or 'no reason'}", highlight=False)
    if summary.broken:
        messages.print(f"{summary.broken:,} rows could not be read: see column reasons")


@contextmanager
def _orderly_end() -> Iterator[None]:
    """Let a request to end raise, so that no half-written file is left behind."""

    def end(number: int, _: object) -> None:
        sys.exit(128 + number)

    asked = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    ours = [x for x in asked if signal.getsignal(x) == signal.SIG_DFL]  # nohup ignores SIGHUP
    for number in ours:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)
