"""What became of each file of a delivery, domain by domain."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from safety.manifest import FeedDelivery, Landed, Manifest
from safety.store import receipts, tables
from safety.store.engine import writer
from tests import build
from tests.trail import TRAIL

FILES = (Landed("odm.xml", "a" * 64, 9), Landed("notes.txt", "b" * 64, 5))
DELIVERY = FeedDelivery("edc", "c" * 64, FILES)
MANIFEST = Manifest("s1", build.study(), "r", "c", "2024-04-01", "2024-04-02", (DELIVERY,))


def account(domain: str, rows: int, status: str = "used", reason: str = "") -> dict[str, Any]:
    counts = {"quarantined": 0, "duplicates": 0, "superseded": 0, "deleted": 0}
    told = {"feed": "edc", "file": "odm.xml", "domain": domain, "status": status, "reason": reason}
    return told | {"received": rows, "accepted": rows} | counts


@pytest.fixture
def url(db_url):
    return db_url


def written(url: str, *accounts: dict[str, Any]) -> list[tuple[str, str, int, str]]:
    """Files of the delivery after it was written with these accounts."""
    file = tables.delivery_file
    engine = writer(url)
    with engine.begin() as connection:
        receipts.write(connection, TRAIL, MANIFEST, list(accounts))
        columns = (file.c.name, file.c.domain, file.c.received, file.c.status)
        rows = connection.execute(select(*columns).order_by(file.c.name, file.c.domain)).all()
    engine.dispose()
    return [tuple(r) for r in rows]


def test_a_file_has_a_row_for_each_of_its_domains(url) -> None:
    unused = ("notes.txt", "", 0, "unused")
    two = [("odm.xml", "AE", 3, "used"), ("odm.xml", "LB", 5, "used")]
    assert written(url, account("AE", 3), account("LB", 5)) == [unused, *two]
    assert written(url, account("AE", 3), account("LB", 5)) == [unused, *two]
    # the study reads another domain out of it, and another account of one
    changed = [("odm.xml", "AE", 4, "used"), ("odm.xml", "VS", 1, "used")]
    assert written(url, account("AE", 4), account("VS", 1)) == [unused, *changed]
    assert written(url) == [unused, ("odm.xml", "", 0, "unused")]


def test_a_file_that_is_held_in_two_domains_is_told_once(url) -> None:
    held = [account(domain, 0, "held", "the file is empty") for domain in ("AE", "LB")]
    written(url, *held)
    engine = writer(url)
    with engine.begin() as connection:
        reason = connection.scalar(select(tables.delivery.c.reason))
        status = connection.scalar(select(tables.delivery.c.status))
    engine.dispose()
    assert (status, reason) == ("held", "odm.xml: the file is empty")


def test_a_published_delivery_without_days_does_not_go_back_to_held(url) -> None:
    written(url, account("AE", 3))
    assert written(url, account("AE", 0, "held", "the file is empty")) == [
        ("notes.txt", "", 0, "unused"),
        ("odm.xml", "AE", 0, "held"),
    ]
    engine = writer(url)
    with engine.begin() as connection:
        assert connection.scalars(select(tables.delivery.c.status)).all() == ["published"]
    engine.dispose()
