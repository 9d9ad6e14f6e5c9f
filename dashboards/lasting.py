"""What depends on nothing but a snapshot, an address and a language is drawn once.

It must show nothing that lives on by itself (alerts, decisions, reviews), no time of day, and no
form, which not everybody may use. What was read for it is noted for whoever sees it later, too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboards import i18n, seen
from dashboards.address import written
from dashboards.kept import Kept
from dashboards.view import View

MOST = 100  # parts of pages
_KEPT: Kept[tuple[Any, seen.Noted]] = Kept(MOST)


def drawn(view: View, name: str, make: Callable[[], Any]) -> Any:
    """Return a part of a page, made if it was not before. name: of the part."""
    key = (
        view.settings.db_url, view.shot.snapshot_id, name, written(view.address), i18n.language(),
    )  # fmt: skip
    study = view.shot.study
    view.store.ask(study)
    part, noted = _KEPT.get(key, lambda: seen.during(study, make))
    seen.again(study, noted)
    return part
