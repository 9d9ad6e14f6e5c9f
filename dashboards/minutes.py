"""The minutes of a meeting as a page of their own, for paper and file."""

from __future__ import annotations

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from dashboards import router, seen
from dashboards.address import Address, written
from dashboards.i18n import t
from dashboards.page import SEES_DATA
from dashboards.view import ForbiddenError, NoSnapshotError, View
from safety.decisions.decision import SHORT
from safety.errors import ToxwatchError
from safety.meetings import minutes, read

routes = Blueprint("minutes", __name__)
DOWNLOAD = "download"


def href(view: View, meeting_id: str, *, download: bool = False) -> str:
    """Return the address of the minutes of a meeting; download: as a file."""
    asked = {DOWNLOAD: "1"} if download else {}
    return written(Address(f"/minutes/{meeting_id}", view.shot.study, asked=asked))


@routes.get("/minutes/<meeting_id>")
def answer(meeting_id: str) -> AnyResponse:
    """Return the minutes of a meeting of the study that the address names."""
    try:
        view = router.visit("/", request.query_string.decode("utf-8", "replace")).view()
        return page(view, meeting_id)
    except (ForbiddenError, NoSnapshotError) as error:
        return _refused(403, t(str(error)))
    except ToxwatchError as error:
        return _refused(404, str(error))


def page(view: View, meeting_id: str) -> Response:
    """Return the minutes of a meeting; raise WrongUseError for none."""
    if not view.may(view.shot.study, SEES_DATA):
        raise ForbiddenError(t("You have no role in this study."))
    with view.connection("meeting", "meeting_event", "proposal", "signature") as connection:
        of = read.meeting(connection, view.shot.study, meeting_id)
        found = read.minutes(connection, view.store, of)
    text = minutes.html(found.content, [signature for signature, _ in found.signatures])
    response = Response(text, mimetype="text/html; charset=utf-8")
    if view.address.get(DOWNLOAD) == "1":
        state = "final" if found.is_final else "draft"
        file = f"toxwatch_{view.shot.study}_minutes_{meeting_id[:SHORT]}_{state}.html"
        seen.file(view.shot.study, file, text.encode())
        response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return response


def _refused(status: int, why: str) -> AnyResponse:
    return Response(f"{why}\n", status, mimetype="text/plain; charset=utf-8")
