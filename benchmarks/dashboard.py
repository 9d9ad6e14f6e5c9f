"""Time the pages: how long the server takes to answer, page by page, and what a browser loads.

`make bench`, or `python benchmarks/dashboard.py`. On the simulated trial and on a store with a
million laboratory rows, through the whole server but the network: session, guard, callback, audit.
Each page is asked with its filters in turn, so most answers are not of the same address as before.
Nothing is asserted: a shared machine is no judge.
"""

from __future__ import annotations

import argparse
import gzip
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from big_store import grow

from dashboards.access import cookies
from dashboards.app import create_app
from dashboards.pages import PAGES
from safety.accounts import demo, secret, sessions
from safety.cli.demo import demo as run_demo
from safety.settings import Settings, from_environment
from safety.store.engine import upgrade
from safety.store.read import Store

ROWS, REPEATS = 1_000_000, 3
SHOW = "..banner.children...navigation.children...filters.children...content.children.."
PARTS = ("banner", "navigation", "filters", "content")
FILTERS = ("", "&related=1", "&grade=3", "&serious=1", "&emergent=0", "&grade=2&related=1")


def client(settings: Settings) -> Any:
    """Return the browser of somebody who is signed in and may see everything."""
    now = datetime.now(UTC)
    demo.make(settings, Store(settings.db_url).studies(), now)
    app = create_app(demo=True)
    found = app.server.test_client()
    token = sessions.sign_in(
        settings, "demo-chair", demo.WELL_KNOWN, "127.0.0.1", now, demo_allowed=True
    )
    found.set_cookie(cookies.name(settings), token)
    found.environ_base["HTTP_X_CSRFTOKEN"] = cookies.answer(secret.read_or_make(settings), token)
    return found


def asked(path: str, search: str) -> dict[str, Any]:
    """Return what a browser sends when it comes to an address."""
    return {
        "output": SHOW,
        "outputs": [{"id": name, "property": "children"} for name in PARTS],
        "inputs": [
            {"id": "address", "property": "pathname", "value": path},
            {"id": "address", "property": "search", "value": search},
            {"id": "done", "property": "data", "value": None},
        ],
        "changedPropIds": ["address.search"],
        "state": [],
    }


def addresses(study: str) -> Iterator[tuple[str, str]]:
    """Yield every page with each of its filters."""
    for page in PAGES:
        if page.path == "/rows":
            for table in ("event", "graded_value", "measurement", "dose"):
                yield page.path, f"?study={study}&table={table}"
            continue
        for chosen in FILTERS:
            yield page.path, f"?study={study}{chosen}"


def measure(settings: Settings, study: str) -> None:
    """Print how long each page takes: the first time, and then."""
    who = client(settings)
    first: dict[str, list[float]] = {}
    then: dict[str, list[float]] = {}
    size: dict[str, int] = {}
    for turn in range(REPEATS):
        for path, search in addresses(study):
            start = time.perf_counter()
            answer = who.post("/_dash-update-component", json=asked(path, search))
            seconds = time.perf_counter() - start
            if answer.status_code != 200:
                sys.exit(f"{path}{search}: {answer.status}")
            (first if turn == 0 else then).setdefault(path, []).append(seconds)
            size[path] = max(size.get(path, 0), len(gzip.compress(answer.data)))
    print(f"{'page':<12}{'first':>9}{'p50':>9}{'p95':>9}{'longest':>9}{'kB':>7}   (ms)")
    for path, times in then.items():
        p95 = statistics.quantiles(times, n=20)[-1]
        print(f"{path:<12}{1000 * first[path][0]:>9.0f}{1000 * statistics.median(times):>9.0f}"
              f"{1000 * p95:>9.0f}{1000 * max(times):>9.0f}{size[path] / 1024:>7.0f}")  # fmt: skip
    everything = [t for times in first.values() for t in times]
    again = [t for times in then.values() for t in times]
    for name, times in (("never asked before", everything), ("asked before", again)):
        print(f"{name}: {len(times)} answers, p50 {1000 * statistics.median(times):.0f}, "
              f"p95 {1000 * statistics.quantiles(times, n=20)[-1]:.0f} ms")  # fmt: skip


def main() -> None:
    """Run it on a copy of a home, or on one that is made for it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, help="a home in which `toxwatch demo` ran")
    given = parser.parse_args().home
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        if given:
            shutil.copytree(given, home)
        os.environ["TOXWATCH_HOME"] = str(home)

        if not given:
            run_demo(serve_pages=False)
        settings = from_environment()
        upgrade(settings.db_url)
        print("The simulated trial, 12 subjects")
        measure(settings, "SIM-NCT06038461")
        rows = grow(settings.db_url, "CDISCPILOT01", ROWS)
        print(f"\nThe CDISC pilot, 254 subjects, {rows:,} measurements and their grades")
        measure(settings, "CDISCPILOT01")


if __name__ == "__main__":
    main()
