"""Handles of subjects: they stand in an address in place of the id, and say nothing without a key.

An address is kept by browsers, proxies and logs; the id of a subject must not be.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable

LENGTH = 16  # characters: 80 bits


def handle(key: bytes, study: str, usubjid: str) -> str:
    """Return the handle of a subject; the same for as long as the key is."""
    told = hmac.digest(key, f"subject\0{study}\0{usubjid}".encode(), "sha256")
    return base64.b32encode(told).decode()[:LENGTH].lower()


def subject(key: bytes, study: str, given: str, usubjids: Iterable[str]) -> str | None:
    """Return the subject of these whose handle it is, None if it is of none."""
    return next((u for u in usubjids if hmac.compare_digest(handle(key, study, u), given)), None)
