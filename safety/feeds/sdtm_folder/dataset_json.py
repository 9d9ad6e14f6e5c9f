"""CDISC Dataset-JSON 1.1: one data set a file, as JSON or as NDJSON (a head, then a row a line)."""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

from safety.errors import HeldDeliveryError
from safety.feeds.sdtm_folder.text import REPLACEMENT, number_text, shown

VERSION = "1.1"
MAX_BYTES = 500_000_000  # the whole file is held in memory, some ten times over
MAX_COLUMNS = 5_000
SURROGATE = re.compile("[\ud800-\udfff]")  # half a character: cannot be written anywhere
MAX_DIGITS = 15  # a number with more is text to us: nothing may be rounded away


def read(path: Path, name: str) -> tuple[pd.DataFrame, str]:
    """Return the data set as text and when it says it was made ("" if it does not).

    Raises HeldDeliveryError for what is no Dataset-JSON 1.1, a data set of another name than the
    file's, or another number of rows than it declares.
    """
    if path.stat().st_size > MAX_BYTES:
        raise HeldDeliveryError(
            name, f"it is larger than {MAX_BYTES // 1_000_000} MB.", "Deliver it as XPT or Parquet."
        )
    head = _content(path, name)
    columns = _columns(head, name)
    rows = head.get("rows")
    if not isinstance(rows, list):
        raise _unfit(name, "it has no rows")
    declared = head.get("records")
    if declared is None and _is_lines(name):
        raise _unfit(name, "it has no `records`, so that one that was cut off would look whole")
    if declared is not None and str(declared) != str(len(rows)):
        raise HeldDeliveryError(
            name, f"it declares {shown(declared, 20)} records but holds {len(rows)}.",
            "Send it again.",
        )  # fmt: skip
    texts = [_texts(row, number, len(columns), name) for number, row in enumerate(rows, start=1)]
    return pd.DataFrame(texts, columns=columns, dtype="str"), _created(head)


def _content(path: Path, name: str) -> dict[str, Any]:
    """Return the head with the rows in it."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        if _is_lines(name):
            lines = [line for line in text.split("\n") if line.strip()]  # U+2028 may be in a cell
            head = _parsed(lines[0], name) if lines else None
            rows = [_parsed(line, name) for line in lines[1:]]
            head = head | {"rows": rows} if isinstance(head, dict) else None
        else:
            head = _parsed(text, name)
    except UnicodeDecodeError as error:
        raise _unfit(name, f"it is not UTF-8 (byte {error.start})") from error
    except (ValueError, RecursionError) as error:
        raise _unfit(name, "it is damaged, cut off or nested too deeply") from error
    if not isinstance(head, dict):
        raise _unfit(name, "it is no data set")
    if not str(head.get("datasetJSONVersion", "")).startswith(VERSION):
        raise _unfit(name, f"it is not of version {VERSION}")
    return head


def _is_lines(name: str) -> bool:
    """Return whether a file of this name holds a line a row."""
    return name.lower().endswith(".ndjson")


def _parsed(text: str, name: str) -> Any:
    return json.loads(
        text, parse_float=_number, parse_int=_number, parse_constant=_refuse,
        object_pairs_hook=partial(_object, name=name),
    )  # fmt: skip


def _object(pairs: list[tuple[str, Any]], name: str) -> dict[str, Any]:
    """Return an object; a key that is given twice would lose what the first one holds."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _unfit(name, f"it gives `{shown(key)}` twice")
        found[key] = value
    return found


def _number(text: str) -> str:
    """Return a number's text in its shortest form, as other formats give it."""
    digits = text.lstrip("-").replace(".", "").lstrip("0")
    if len(digits) > MAX_DIGITS or "e" in text.lower():
        return text
    return number_text(float(text)) or text


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON")


def _columns(head: dict[str, Any], name: str) -> list[str]:
    columns = head.get("columns")
    if not isinstance(columns, list) or not 0 < len(columns) <= MAX_COLUMNS:
        raise _unfit(name, "it names no columns")
    names = [c.get("name") if isinstance(c, dict) else None for c in columns]
    if not all(isinstance(n, str) and n for n in names):
        raise _unfit(name, "a column has no name")
    broken = [shown(n) for n in names if SURROGATE.search(str(n))]
    if broken:
        raise _unfit(name, f"the name of column {broken[0]} holds half a character")
    said = str(head.get("name", "")).upper()
    file = Path(name).stem.split("_")[0].upper()
    if said and said != file:
        raise HeldDeliveryError(
            name, f"the data set in it is {shown(said, 20)}, not {file}.", "Send the right one."
        )
    return [str(n) for n in names]


def _texts(row: object, number: int, width: int, name: str) -> list[str | None]:
    if not isinstance(row, list) or len(row) != width:
        found = f"{len(row)} values" if isinstance(row, list) else "no list of values"
        raise HeldDeliveryError(
            name, f"row {number} has {found}, there are {width} columns.", "Send it again."
        )
    return [_text(cell, number, name) for cell in row]


def _text(cell: object, number: int, name: str) -> str | None:
    if isinstance(cell, str):  # a text that was cut within a character is one damaged cell
        return cell if cell.isascii() else SURROGATE.sub(REPLACEMENT, cell)
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "Y" if cell else "N"
    raise HeldDeliveryError(name, f"row {number} has a value that is no text.", "Send it again.")


def _created(head: dict[str, Any]) -> str:
    text = head.get("datasetJSONCreationDateTime")
    try:
        return datetime.fromisoformat(str(text)).isoformat() if text else ""
    except ValueError:
        return ""


def _unfit(name: str, what: str) -> HeldDeliveryError:
    return HeldDeliveryError(
        name, f"this is no Dataset-JSON {VERSION}: {what}.", "Export it again."
    )
