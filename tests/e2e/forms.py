"""Forms as people fill them: by the labels of their fields, sent by their button."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser import do


def choose(page: Page, field: str, option: str) -> None:
    """Choose in a field of a form."""
    page.get_by_role("textbox", name=field, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()


def form_of(page: Page, submit: str) -> Locator:
    """Return the form with a button."""
    return page.get_by_role("group", name=submit, exact=True)


def fill(page: Page, submit: str, lines: dict[str, str]) -> Locator:
    """Fill lines of a form by their labels; return its button."""
    form = form_of(page, submit)
    for label, text in lines.items():
        form.get_by_label(label).fill(text)
    return form.get_by_role("button", name=submit, exact=True)


def send(page: Page, submit: str, lines: dict[str, str], answer: str) -> None:
    """Fill lines of a form, send it, and wait for what is said."""
    do(page, fill(page, submit, lines), answer)


def refused(page: Page, submit: str, lines: dict[str, str], why: str) -> None:
    """Send a form that is refused beside it; nothing is lost of what was typed."""
    fill(page, submit, lines).click()
    form = form_of(page, submit)
    expect(form.get_by_role("alert").first).to_contain_text(why)
    for label, text in lines.items():
        expect(form.get_by_label(label)).to_have_value(text)
