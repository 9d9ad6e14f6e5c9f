"""The key of the trail: made once, read by its owner alone, never another one without a word."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from safety.audit import key
from safety.audit.chain import Entry
from safety.audit.trail import Trail
from safety.errors import WrongUseError
from safety.store.engine import writer
from tests import databases
from tests.audit import home


@pytest.fixture
def used(tmp_path):
    return home.at(tmp_path)


def _made(path: str) -> str:
    used = home.at(Path(path))
    return key.trail(used).key.hex()


def test_of_processes_that_make_it_at_once_one_wins(used) -> None:
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(4, mp_context=fork) as pool:
        keys = set(pool.map(_made, [str(used.home)] * 12))
    assert len(keys) == 1
    assert used.audit_key.read_text() == f"{keys.pop()}\n"
    assert [p.name for p in used.audit_key.parent.iterdir()] == ["audit.key"]


def test_only_its_owner_can_read_it_and_it_is_never_shown(used) -> None:
    trail = key.trail(used)
    assert used.audit_key.stat().st_mode & 0o777 == 0o600
    assert len(trail.key) == 32
    assert repr(trail) == "Trail()"
    assert key.existing(used) == trail


def test_another_home_has_another_key(used, tmp_path) -> None:
    assert key.trail(used) != key.trail(replace(used, audit_key=tmp_path / "other.key"))


def test_keys_that_were_used_before_stand_first(used) -> None:
    used.audit_key.parent.mkdir(parents=True)
    used.audit_key.write_text(f"{'ab' * 32}\n{'cd' * 32}\n")
    assert key.trail(used) == Trail(b"\xcd" * 32, (b"\xab" * 32,))


@pytest.mark.parametrize("content", ["", "no key", "ab" * 31, f"{'ab' * 32}\nab\n", "\x00\xff"])
def test_what_is_no_key_is_not_taken(used, content) -> None:
    used.audit_key.parent.mkdir(parents=True)
    used.audit_key.write_text(content, encoding="latin-1")
    with pytest.raises(WrongUseError, match="holds no key of the audit trail: 32 bytes"):
        key.trail(used)


def test_none_is_made_where_one_must_be_there(used) -> None:
    with pytest.raises(WrongUseError, match="no such file"):
        key.existing(used)
    assert not used.audit_key.exists()


def test_none_is_made_beside_a_trail_that_was_written(db_url, tmp_path) -> None:
    """A worker that was given no key must not spoil the trail of the others."""
    first = home.settings(tmp_path)
    _write(first, key.trail(first))
    lost = replace(first, audit_key=tmp_path / "elsewhere" / "audit.key")
    with pytest.raises(WrongUseError, match="copy it from where the trail is written"):
        key.trail(lost)
    assert not lost.audit_key.exists()
    assert key.trail(first) == key.existing(first)


@pytest.mark.parametrize("study", ["T1", "T2"])
def test_nobody_writes_behind_an_entry_of_a_key_that_he_has_not(db_url, tmp_path, study) -> None:
    used = home.settings(tmp_path)
    mine, other = Trail(b"m" * 32), Trail(b"o" * 32)
    _write(used, mine)
    with pytest.raises(WrongUseError, match="1 of study 'T1', was not written with the key of th"):
        _write(used, other, study)
    assert databases.rows(db_url, "SELECT count(*) FROM audit") == [(1,)]
    _write(used, Trail(b"o" * 32, (b"m" * 32,)), study)  # the key was rotated
    with pytest.raises(WrongUseError, match="was not written with the key of this process"):
        _write(used, mine, study)  # and this process has not read it yet


def _write(used, trail: Trail, study: str = "T1") -> None:
    engine = writer(used.db_url)
    try:
        with engine.begin() as connection:
            trail.append(connection, [Entry(study, "root", "read", "alert", "")], home.STAMP)
    finally:
        engine.dispose()
