"""Passwords: what a new one must be, and how they are kept (argon2id).

A password is compared in its Unicode form NFKC: keyboards write the same letter in several ways.
"""

from __future__ import annotations

import base64
import secrets
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from safety.errors import WrongUseError

SHORTEST, LONGEST = 15, 256  # characters
COMMON = Path(__file__).with_name("common_passwords.txt")
PRODUCT = "toxwatch"
LEAST_OWN = 8  # characters that must be left when words about the person are taken out
LEAST_DISTINCT = 6
SHORTEST_WORD = 3
# Each computation takes 64 MB: a flood of them must not take the memory of the process.
_AT_ONCE = BoundedSemaphore(4)


def check_new(password: str, username: str, name: str, words: Collection[str] = ()) -> None:
    """Raise WrongUseError for a password that is easily guessed.

    words: what else stands near the person, such as the ids of studies.
    """
    text = _normal(password)
    if not SHORTEST <= len(text) <= LONGEST or not text.isprintable():
        raise WrongUseError(
            f"the password: give {SHORTEST} to {LONGEST} characters in one line, such as four or "
            "more words that have nothing to do with each other."
        )
    bare = _bare(text)
    if bare in _common():
        raise WrongUseError("the password is one that many people use: give another one.")
    if _is_repeated(bare) or _is_a_run(bare):
        raise WrongUseError("the password repeats or counts up: give one that is not of a pattern.")
    if len(_without(bare, [PRODUCT, username, *name.split(), *words])) < LEAST_OWN:
        raise WrongUseError(
            f"the password is made of names of the account, of a study or of {PRODUCT}: give one "
            f"with {LEAST_OWN} or more letters and digits that are not."
        )


@dataclass(frozen=True, slots=True)
class Hasher:
    """Makes and verifies hashes, by default with the parameters of the library."""

    argon: PasswordHasher = field(default_factory=PasswordHasher)

    def hash(self, password: str) -> str:
        """Return the hash of a password, with a salt and the parameters in it."""
        with _AT_ONCE:
            return self.argon.hash(_normal(password))

    def verify(self, known: str, password: str) -> bool:
        """Return whether a password is the one of a hash; "" is the hash of none.

        It takes as long where there is no hash, so that nobody learns which accounts there are.
        """
        with _AT_ONCE:
            try:
                return self.argon.verify(known or self._of_nobody(), _normal(password))
            except (VerificationError, InvalidHashError):
                return False

    def is_old(self, known: str) -> bool:
        """Return whether a hash was made with other parameters than a new one would be."""
        return self.argon.check_needs_rehash(known)

    def _of_nobody(self) -> str:
        """Return a text like a hash, of no known password; it costs as much to verify."""
        it = self.argon
        salt, tag = (_base64(secrets.token_bytes(n)) for n in (it.salt_len, it.hash_len))
        costs = f"m={it.memory_cost},t={it.time_cost},p={it.parallelism}"
        return f"$argon2id$v=19${costs}${salt}${tag}"


HASHER = Hasher()


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode().rstrip("=")


def _bare(text: str) -> str:
    """Return the letters and digits of a text, in lower case."""
    return "".join(c for c in text.casefold() if c.isalnum())


@cache
def _common() -> frozenset[str]:
    return frozenset(_common_lines())


def _common_lines() -> Iterator[str]:
    for line in COMMON.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield _bare(line)


def _is_repeated(bare: str) -> bool:
    """Return whether a text is few letters, or the same part again and again."""
    period = (bare + bare).find(bare, 1)
    return len(set(bare)) < LEAST_DISTINCT or period < len(bare)


def _is_a_run(bare: str) -> bool:
    """Return whether most letters of a text follow the one before, up or down."""
    steps = [ord(b) - ord(a) for a, b in pairwise(bare)]
    return max(steps.count(1), steps.count(-1)) > len(steps) / 2


def _without(bare: str, words: Collection[str]) -> str:
    """Return what is left of a text without words, the longest ones first."""
    for word in sorted({_bare(word) for word in words}, key=lambda w: (-len(w), w)):
        if len(word) >= SHORTEST_WORD:
            bare = bare.replace(word, "")
    return bare
