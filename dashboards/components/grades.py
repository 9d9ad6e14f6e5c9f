"""How a grade looks, everywhere: colour-blind-safe, readable in grey, always with its digit."""

from __future__ import annotations

from typing import Any

import pandas as pd

COLOURS = {1: "#FFF3C4", 2: "#F7A84A", 3: "#C8450A", 4: "#7F0F18", 5: "#0B0B14"}
TEXT = {1: "#000000", 2: "#000000", 3: "#FFFFFF", 4: "#FFFFFF", 5: "#FFFFFF"}
NOT_GRADABLE = "#D9DEE3"
NOT_GRADABLE_MARK = "n.g."
ZERO_STYLE = {"color": "#5C6670"}


def cell_style(grade: int) -> dict[str, str]:
    """Return the style of a cell that holds this grade."""
    return {
        "backgroundColor": COLOURS[grade],
        "color": TEXT[grade],
        "outline": "1px solid #555",
        "outlineOffset": "-1px",
    }


def grade_column(field: str, header: str) -> dict[str, Any]:
    """A grid column of grades: the digit on its colour; not gradable looks different from 0."""
    conditions = [{"condition": f"params.value === '{g}'", "style": cell_style(g)} for g in COLOURS]
    not_gradable = {
        "condition": f"params.value === '{NOT_GRADABLE_MARK}'",
        "style": {"backgroundColor": NOT_GRADABLE, "fontStyle": "italic"},
    }
    return {
        "field": field,
        "headerName": header,
        "width": 90,
        "minWidth": 90,
        "cellStyle": {"styleConditions": [*conditions, not_gradable]},
    }


def count_column(field: str, header: str, grade: int | None = None) -> dict[str, Any]:
    """A grid column of counts; zero is muted, other counts carry the colour of the grade."""
    conditions = [{"condition": "params.value === 0", "style": ZERO_STYLE}]
    if grade is not None:
        conditions.append({"condition": "params.value > 0", "style": cell_style(grade)})
    return {
        "field": field,
        "headerName": header,
        "type": "rightAligned",
        "width": 86,
        "minWidth": 86,
        "cellStyle": {"styleConditions": conditions},
    }


def mark(grade: Any) -> str:
    """Return the text of a grade: its digit, or the mark of a value without one."""
    return NOT_GRADABLE_MARK if pd.isna(grade) else str(int(grade))
