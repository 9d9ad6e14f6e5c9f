"""The pages, in the order in which the committee asks. One module a page."""

from __future__ import annotations

from dashboards.page import Page
from dashboards.pages import (
    account,
    alerts,
    audit,
    changes,
    data,
    decision,
    events,
    exposure,
    heat,
    labs,
    meeting,
    portfolio,
    rows,
    subject,
)

PAGES: tuple[Page, ...] = (
    portfolio.PAGE, decision.PAGE, changes.PAGE, heat.PAGE, events.PAGE, labs.PAGE, exposure.PAGE,
    subject.PAGE, alerts.PAGE, data.PAGE, meeting.PAGE, audit.PAGE, audit.ACCOUNTS, rows.PAGE,
    account.PAGE,
)  # fmt: skip
