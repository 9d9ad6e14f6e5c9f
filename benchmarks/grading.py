"""Time CTCAE grading on the same data in one run, and print the ratios with their targets.

`make bench`, or `python benchmarks/grading.py [--largest ROWS]`. Nothing is asserted: a shared
machine is no judge. Times are the best of a few, CPU time beside them.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parent))

import data
import naive
from timing import REPEATS, Timed, timed

from safety.ctcae.arrow_table import measurements_of
from safety.ctcae.chunk import CHUNK, Measurements
from safety.ctcae.kernel import Grader

SIZES = (60_000, 1_000_000, 10_000_000)
NAIVE_ROWS = 60_000


def copy_floor(m: Measurements) -> Timed:
    """Copy the columns the kernel reads, into memory that is there: what no grading undercuts."""
    columns = [m.kind, m.value, m.lln, m.uln, m.base, m.base_state, *m.facts.values()]
    columns += [c for c in (m.comparator, m.flags) if c is not None]
    copies = [np.empty_like(c) for c in columns]
    return timed(lambda: [np.copyto(to, c) for to, c in zip(copies, columns, strict=True)], 5)


def file_to_grades(path: Path) -> None:
    """Read a Parquet file, chunk by chunk, and grade it in memory."""
    names = [n for n in pq.read_schema(path).names if n != "usubjid"]
    texts = [n for n in names if n not in ("lln", "uln", "base")]
    with pq.ParquetFile(path, read_dictionary=texts) as file:
        for batch in file.iter_batches(batch_size=CHUNK, columns=names):
            measurements, kinds = measurements_of(pa.Table.from_batches([batch]))
            grader = Grader(kinds)
            grader.grades(grader.grade(measurements))


def whole_process(path: Path, out: Path) -> tuple[float, int]:
    """Run `toxwatch grade` as a user does; return wall seconds and peak bytes."""
    code = (
        "import resource, subprocess, sys;"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    command = [
        str(Path(sys.executable).with_name("toxwatch")),
        "grade",
        str(path),
        "--out",
        str(out),
    ]
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, *command], capture_output=True, text=True, check=True
    )
    return time.perf_counter() - start, int(done.stdout) * 1024


class Result(NamedTuple):
    """What one size took; seconds and bytes."""

    rows: int
    floor: float
    kernel: Timed
    file: Timed
    process: float
    peak: int


def measure(table: pa.Table, folder: Path) -> Result:
    """Write a table, grade it in memory, from the file, and as a user would."""
    path = folder / "measurements.parquet"
    pq.write_table(table, path, compression="zstd")
    kernel, floor = in_memory(table)
    file = timed(lambda: file_to_grades(path))
    process, peak = whole_process(path, folder / "graded.parquet")
    return Result(len(table), floor, kernel, file, process, peak)


def in_memory(table: pa.Table) -> tuple[Timed, float]:
    """Return the time of the kernel and of copying what it reads."""
    measurements, kinds = measurements_of(table)
    grader = Grader(kinds)
    grader.grade(measurements.chunk(slice(0, 1000)))  # the outcomes of the ladders, once
    kernel = timed(lambda: grader.grades(grader.grade(measurements)))
    return kernel, copy_floor(measurements).wall


def slowly(sample: pa.Table, folder: Path) -> tuple[Timed, Timed]:
    """Return the time of the naive way, for the grade alone and from the file."""
    path = folder / "naive.parquet"
    pq.write_table(sample, path)
    frame = sample.to_pandas()
    return (
        timed(lambda: naive.grade_rows(frame), 3),
        timed(lambda: naive.grade_file(str(path)), 3),
    )


def report(name: str, results: list[Result], slow: tuple[Timed, Timed]) -> None:
    """Print the table of one set of data and its ratios."""
    print(f"\n{name}")
    print(f"{'rows':>11} {'kernel s':>9} {'cpu s':>8} {'Mrows/s':>8} {'file s':>8} {'cpu s':>8} "
          f"{'Mrows/s':>8} {'process s':>10} {'peak MB':>8} {'B/row':>7}")  # fmt: skip
    for r in results:
        print(f"{r.rows:>11,} {r.kernel.wall:>9.4f} {r.kernel.cpu:>8.4f} "
              f"{r.rows / r.kernel.wall / 1e6:>8.1f} {r.file.wall:>8.3f} {r.file.cpu:>8.3f} "
              f"{r.rows / r.file.wall / 1e6:>8.1f} {r.process:>10.2f} {r.peak / 1e6:>8.0f} "
              f"{r.peak / r.rows:>7.0f}")  # fmt: skip
    print(f"naive, one row at a time, {NAIVE_ROWS:,} rows: grade only {slow[0].wall:.2f} s, "
          f"file to grades {slow[1].wall:.2f} s")  # fmt: skip
    for line in ratios(results, slow):
        print(line)


def ratios(results: list[Result], slow: tuple[Timed, Timed]) -> list[str]:
    """Return lines of ratio, target and whether it is met."""
    middle, last = results[-2], results[-1]
    grade, file = (t.wall / NAIVE_ROWS * middle.rows for t in slow)
    rows = last.rows / middle.rows
    found = [
        (f"naive / kernel, grade only, {middle.rows:,} rows",
         grade / middle.kernel.wall, ">=", 300),
        (f"naive / file to grades, {middle.rows:,} rows", file / middle.file.wall, ">=", 150),
        (f"kernel / copy floor, {last.rows:,} rows", last.kernel.wall / last.floor, "<=", 15),
        (f"file to grades / copy floor, {last.rows:,} rows", last.file.wall / last.floor, "<=", 80),
        ("growth of the kernel", last.kernel.wall / middle.kernel.wall / rows, "<=", 1.3),
        ("growth of file to grades", last.file.wall / middle.file.wall / rows, "<=", 1.3),
        ("peak memory of the process, last / before", last.peak / middle.peak, "<=", 1.5),
        ("peak memory of the process, MB", last.peak / 1e6, "<=", 1000),
    ]  # fmt: skip
    return [
        f"  {label:<52} {value:>8.1f}   target {sign} {target:<5} "
        f"{'met' if (value >= target if sign == '>=' else value <= target) else 'MISSED'}"
        for label, value, sign, target in found
    ]


def main() -> None:
    """Measure both sets of data at every size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="leave out larger sizes")
    largest = parser.parse_args().largest
    print(f"Python {platform.python_version()}, numpy {np.__version__}, pyarrow {pa.__version__}, "
          f"{platform.machine()}; one thread in the kernel; best of {REPEATS}")  # fmt: skip
    makers = {"CDISC pilot LB, replicated": data.pilot, "synthetic": data.synthetic}
    for name, make in makers.items():
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            slow = slowly(make(NAIVE_ROWS), folder)
            sizes = [s for s in SIZES if s <= largest]
            report(name, [measure(make(rows), folder) for rows in sizes], slow)


if __name__ == "__main__":
    main()
