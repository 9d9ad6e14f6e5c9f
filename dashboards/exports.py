"""Files that leave: the tables of pages and the rows of listings, exactly as they are shown."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from dashboards import router, seen
from dashboards.components import figure, listing
from dashboards.i18n import mark, t
from dashboards.shown import SOURCES
from dashboards.view import ForbiddenError, NoSnapshotError, View
from safety.errors import ToxwatchError
from safety.report import stamped
from safety.stamp import stamp

routes = Blueprint("exports", __name__)
KINDS = {
    "csv": (stamped.csv, "text/csv"),
    "xlsx": (stamped.xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@routes.get("/export/<name>.<kind>")
def export(name: str, kind: str) -> AnyResponse:
    """Return a table as a file, of the view that the address names."""
    if kind not in KINDS or (name not in SOURCES and name not in listing.LISTINGS):
        return _refused(404, t("There is no such table."))
    try:
        view = router.visit("/", request.query_string.decode("utf-8", "replace")).view()
        return _file(view, name, kind)
    except (ForbiddenError, NoSnapshotError) as error:
        return _refused(403, t(str(error)))
    except ToxwatchError as error:
        return _refused(400, str(error))


def _file(view: View, name: str, kind: str) -> AnyResponse:
    roles = SOURCES[name].roles if name in SOURCES else listing.LISTINGS[name].roles
    if not view.may(view.shot.study, roles):
        raise ForbiddenError(mark("Your role in this study has no such table."))
    if name in SOURCES:
        found = SOURCES[name].make(view)
        title = found.title
        table = found.rows.reindex(columns=[c.name for c in found.columns])
        table.columns = [c.header for c in found.columns]
    else:
        title, table = listing.whole(view, name)
    made, mimetype = KINDS[kind]
    marked = _stamp(view, title)
    content = made(table, marked)
    file = stamped.file_name(marked, name, kind)
    seen.file(view.shot.study, file, content)
    answer = Response(content, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return answer


def _stamp(view: View, title: str) -> stamped.Stamp:
    shot = view.shot
    return stamped.Stamp(
        study=shot.study, snapshot_id=shot.snapshot_id, as_of=shot.as_of, rule_set=shot.rule_set,
        ctcae=shot.ctcae, code_version=shot.code_version, title=title,
        population=figure.population_said(view), filters=figure.filters_said(view),
        made_at=stamp(datetime.now(UTC)), made_by=view.person.account.username,
    )  # fmt: skip


def _refused(status: int, why: str) -> AnyResponse:
    return Response(f"{why}\n", status, mimetype="text/plain; charset=utf-8")
