"""Bringing a database up to date: by two threads of one process too."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from safety.store.engine import upgrade
from safety.store.read import Store
from tests import databases


def test_two_threads_may_bring_it_up_to_date_at_once(tmp_path) -> None:
    urls = [databases.blank("sqlite", tmp_path / name) for name in "abcd"]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(upgrade, [*urls, *urls]))
    assert all(Store(url).is_ready() for url in urls)
