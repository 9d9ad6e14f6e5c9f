"""Words that the rooms of safety use as values; pages say them by `t`, so they are named here."""

from __future__ import annotations

from dashboards.i18n import mark

ROLES = (
    mark("committee"), mark("chair"), mark("monitor"), mark("engineer"), mark("auditor"),
    mark("admin"),
)  # fmt: skip
SIGN_IN = mark("The name and the password do not fit, or the account is not in use.")
# of safety.decisions.listing and safety.signing.listing
DECISIONS = (
    mark("stands"), mark("in question"), mark("stands: as it was when decided"),
    mark("answered by a newer one"), mark("Not signed: recorded by command"),
)  # fmt: skip
# of safety.displays: why a cell or a value is as it is
CELLS = (
    mark("graded"), mark("not gradable"), mark("not reported"), mark("no data"),
    mark("not worse than baseline"), mark("reported"), mark("measured"), mark("missing"),
)  # fmt: skip
UNUSED = (
    mark("no number"), mark("no complete date"), mark("not in the unit"),
    mark("no upper limit of normal"), mark("another record of the day counts"), mark("no date"),
)  # fmt: skip
