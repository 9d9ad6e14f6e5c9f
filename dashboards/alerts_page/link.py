"""The link of a message names its alert and no study: the study is found here."""

from __future__ import annotations

from dataclasses import replace

from dashboards.page import SEES_DATA
from dashboards.view import Visit
from safety.alerts import listing

PATH = "/alerts"


def followed(visit: Visit) -> Visit:
    """Return a visit that names the study of its alert, as every other address does.

    Of an alert in a study that the person does not see nothing is told, not even that it is there:
    the visit stays as it is, and its page says that there is no such alert.
    """
    address, alert_id = visit.address, visit.address.get("alert")
    if address.path != PATH or address.study or not alert_id or not visit.store.is_ready():
        return visit
    study = listing.study_of(visit.settings.db_url, alert_id)
    if study is None or not visit.may(study, SEES_DATA):
        return visit
    return replace(visit, address=replace(address, study=study))
