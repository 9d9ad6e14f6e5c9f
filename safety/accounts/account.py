"""An account, the roles it has, and what a username, name, language and grant must be. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from safety.errors import WrongUseError
from safety.signed import MAX_NAME

ADMIN = "admin"
ROLES = ("committee", "chair", "monitor", "engineer", "auditor", ADMIN)
EVERY = "*"  # study of a grant that holds in every study
ACTIVE, DISABLED = "active", "disabled"
MAX_STUDY = 41  # characters, as everywhere in the database
NOTHING: frozenset[str] = frozenset()
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
_LANGUAGE = re.compile(r"([a-z]{2}(-[A-Z]{2})?)?")


@dataclass(frozen=True, slots=True)
class Account:
    """A person who may sign in. issuer, subject: of OpenID Connect, "" for who signs in here only.

    has_password: whether it can sign in here. demo: everybody knows its password.
    """

    account_id: str
    username: str
    name: str
    language: str
    state: str
    demo: bool
    has_password: bool = True
    issuer: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """An account with its grants: who asks. roles: by study, or EVERY, the roles there.

    One whose account is disabled may do nothing.
    """

    account: Account
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def roles_in(self, study: str) -> frozenset[str]:
        """Return the roles in a study; those of every study are among them."""
        if self.account.state != ACTIVE:
            return NOTHING
        return self.roles.get(study, NOTHING) | self.roles.get(EVERY, NOTHING)

    def may(self, study: str, roles: Collection[str] = ROLES) -> bool:
        """Return whether the person has one of the roles in a study, or in every one."""
        return not self.roles_in(study).isdisjoint(roles)

    def sees(self, study: str) -> bool:
        """Return whether the person may see data of subjects: who only manages accounts may not."""
        return bool(self.roles_in(study) - {ADMIN})


def username_of(text: str) -> str:
    """Return a username as it is kept: without blanks around it, in lower case."""
    return text.strip().casefold()


def check_username(username: str) -> None:
    """Raise WrongUseError for a username that none can have."""
    if not _USERNAME.fullmatch(username):
        raise WrongUseError(
            f"username {username!r}: give 2 to 64 of a-z, 0-9, dot, hyphen and underscore, the "
            "first one a letter or digit."
        )


def check_name(name: str) -> None:
    """Raise WrongUseError for what cannot be printed beside a signature."""
    if not name.strip() or len(name) > MAX_NAME or not name.isprintable():
        raise WrongUseError(f"the name: give one line, of at most {MAX_NAME} characters.")


def check_language(language: str) -> None:
    """Raise WrongUseError for what is no code of a language; "" leaves it to the browser."""
    if not _LANGUAGE.fullmatch(language):
        raise WrongUseError(f"language {language!r}: give a code such as en or pt-BR, or nothing.")


def check_grant(study: str, role: str) -> None:
    """Raise WrongUseError for a role that there is not, or in a study where it cannot be."""
    if role not in ROLES:
        raise WrongUseError(f"role {role!r}: give one of {', '.join(ROLES)}.")
    if not study.strip() or len(study) > MAX_STUDY or not study.isprintable():
        raise WrongUseError(f"study {study!r}: give the id of a study, or {EVERY} for every one.")
    if role == ADMIN and study != EVERY:
        raise WrongUseError(
            f"role {ADMIN}: accounts belong to no study; grant it in every one ({EVERY})."
        )
