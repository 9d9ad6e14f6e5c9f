"""A typed search as an address; a subject in what was typed stands there by its handle."""

from __future__ import annotations

from collections.abc import Mapping

from dashboards.view import View

ID, SUBJECT, FIRST, ENTRY = "id", "subject", "first", "entry"


def address(view: View, typed: Mapping[str, str]) -> str:
    """Return the address of what somebody searches for, from its newest entry on.

    typed: by the name under which the page is asked. Whatever names a subject, even beside other
    words, is asked as the subject: its id must not stand in an address.
    """
    asked = {name: text.strip() for name, text in typed.items()}
    named = _subject(view, asked.get(ID, ""))
    if named:
        asked |= {ID: "", SUBJECT: view.handle(named)}
    return view.address.here(**asked, **{FIRST: "", ENTRY: ""})


def _subject(view: View, text: str) -> str:
    """Return the longest id of a subject that a text holds, "" for none."""
    known = view.frame("subject")["USUBJID"].astype("str") if text else []
    return max((each for each in known if each in text), key=len, default="")
