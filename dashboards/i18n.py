"""The language of the interface: English in the code, others from catalogues of messages.

What the data and the study file say stays as it is: a translated rule is another rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

from babel.messages.pofile import read_po

LOCALES = Path(__file__).parent / "locale"
ENGLISH = "en"
LANGUAGES: Mapping[str, str] = {ENGLISH: "English", "zh-CN": "简体中文"}
_language: ContextVar[str] = ContextVar("language", default=ENGLISH)


def t(message: str, **values: object) -> str:
    """Return a message in the language of the request, its {names} filled in."""
    text = catalogue(_language.get()).get(message) or message
    return text.format(**values) if values else text


def mark(message: str) -> str:
    """Return a message as it is: `t` translates it where it is shown."""
    return message


def use(language: str) -> None:
    """Speak a language from now on, in this request; English if it is none of LANGUAGES."""
    _language.set(language if language in LANGUAGES else ENGLISH)


def language() -> str:
    """Return the language of the request."""
    return _language.get()


def wanted(accepted: list[str]) -> str:
    """Return the language that a browser would like best of those there are, whatever the region.

    accepted: as browsers name them, the best first.
    """
    first = {code.partition("-")[0]: code for code in LANGUAGES}
    found = (first.get(name.partition("-")[0].lower()) for name in accepted)
    return next((code for code in found if code), ENGLISH)


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(name: str) -> Mapping[str, str]:
    """Return the messages of a language: English to its own."""
    path = LOCALES / name.replace("-", "_") / "LC_MESSAGES" / "toxwatch.po"
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        found = read_po(file, locale=name.replace("-", "_"))
    return {str(m.id): str(m.string) for m in found if m.id and m.string and not m.fuzzy}
