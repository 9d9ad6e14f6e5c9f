"""Errors of a study file as sentences: the line, the place, what is wrong, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import yaml
from pydantic import BaseModel

from safety.study.conditions import KINDS
from safety.study.model import FAULTS, Study
from safety.study.places import Fault, Path

MAX_SHOWN = 80  # characters of a wrong value in an error
ADDRESS = "an e-mail address, or webhook:NAME or chat:NAME (capital letters, digits and _)"
TIME = "a time of day, e.g. 08:00"
HINTS = {
    "rules": "a capital letter, then up to 15 letters, digits or -, e.g. H1",
    "terms": "small letters, digits and _, e.g. liver_enzymes",
    "domains": "the SDTM domain in capital letters, e.g. EC or SUPPAE",
    "recipients": ADDRESS,
    "address": ADDRESS,
    "working": TIME,
    "quiet_hours": TIME,
    "digest_at": TIME,
}
# What a message written by a model calls the part it is about: `rule H1: ...`.
_NAMED = re.compile(r"^(?:modification rule|rule|pause|gate|level|rule id) (?P<id>[\w-]+)\b")


def explain(errors: Iterable[Any], root: yaml.Node | None) -> list[str]:
    """Return one sentence for every problem of a list of pydantic's errors."""
    return [text for error in errors for text in _sentences(error, root)]


def placed_faults(faults: Iterable[Fault], root: yaml.Node | None) -> list[str]:
    """Return one sentence for every fault, with its line."""
    return [f"line {_line(root, fault.path)}, {fault.text}" for fault in faults]


def _sentences(error: Any, root: yaml.Node | None) -> Iterator[str]:
    if error["type"] == FAULTS:
        yield from placed_faults(error["ctx"]["faults"], root)
        return
    path, model = _resolved(error["loc"])
    message = _message(error, path, model)
    line = _line_of_part(_node(root, path), message) or _line(root, path)
    place = ".".join(str(p) for p in path)
    yield f"line {line}, {place}: {message}{_shown(error['input'])}"


def _message(error: Any, path: Path, model: Any) -> str:
    message = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        return "unknown field" + _did_you_mean(str(path[-1]), _names_of(model))
    if error["type"] == "condition" and isinstance(error["input"], dict):
        written = [str(key) for key in error["input"]]
        near = [n for name in written for n in get_close_matches(name, list(KINDS), 1)]
        return message + (f"; did you mean {near[0]}?" if near else "")
    if error["type"] == "string_too_short":
        return "must not be empty"
    if error["type"] == "string_pattern_mismatch":
        hint = next((HINTS[str(step)] for step in reversed(path) if str(step) in HINTS), "")
        return f"{message}; write {hint}" if hint else message
    return message


def _did_you_mean(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, 1)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; known here: {', '.join(known)}" if known else ""


def _shown(value: Any) -> str:
    return f" (it is {value!r})"[:MAX_SHOWN] if isinstance(value, str | int | float) else ""


def _names_of(model: Any) -> list[str]:
    """Return the fields of a model as a file spells them."""
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return []
    return [field.alias or name for name, field in model.model_fields.items()]


def _resolved(loc: tuple[int | str, ...]) -> tuple[Path, Any]:
    """Return the path in the file, without pydantic's own steps, and the model it stands in."""
    path: list[int | str] = []
    kind: Any = Study
    model: Any = Study
    for step in loc:
        tagged = _tagged(kind, step)
        if tagged is not None:
            kind = model = tagged
            continue
        path.append(step)
        model, kind = kind, _inside(kind, step)
    return tuple(path), _bare(model)


def _tagged(kind: Any, step: int | str) -> Any:
    """Return the kind of condition that a step of pydantic's names, None if it names a field."""
    may_be_any = set(KINDS.values()) <= set(_choices(kind))
    return KINDS.get(str(step)) if may_be_any else None


def _choices(kind: Any) -> list[Any]:
    bare = _bare(kind)
    if get_origin(bare) in {Union, UnionType}:
        return [choice for arg in get_args(bare) for choice in _choices(arg)]
    return [bare]


def _bare(kind: Any) -> Any:
    return _bare(get_args(kind)[0]) if get_origin(kind) is Annotated else kind


def _inside(kind: Any, step: int | str) -> Any:
    """Return what stands at a step: of a field, a list or a mapping. None if nothing does."""
    for choice in _choices(kind):
        origin, args = get_origin(choice), get_args(choice)
        if origin is list and isinstance(step, int):
            return args[0]
        if origin is dict:
            return args[1]
        if isinstance(choice, type) and issubclass(choice, BaseModel):
            for name, field in choice.model_fields.items():
                if step in {name, field.alias}:
                    return field.annotation
    return None


def _node(node: yaml.Node | None, path: Path) -> yaml.Node | None:
    """Return the deepest node on the path that exists."""
    for step in path:
        found: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            found = next((v for k, v in node.value if k.value == str(step)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            found = node.value[step] if step < len(node.value) else None
        if found is None:
            break
        node = found
    return node


def _line(root: yaml.Node | None, path: Path) -> int:
    node = _node(root, path)
    return int(node.start_mark.line) + 1 if node is not None else 1


def _line_of_part(node: yaml.Node | None, message: str) -> int | None:
    """Return the line of the last part inside a node that has the id a message begins with."""
    named = _NAMED.match(message)
    if named is None or node is None:
        return None
    lines = [m.start_mark.line + 1 for m in _mappings(node) if _id_of(m) == named["id"]]
    return max(lines, default=None)


def _mappings(node: yaml.Node) -> Iterator[yaml.MappingNode]:
    if isinstance(node, yaml.MappingNode):
        yield node
        for _, value in node.value:
            yield from _mappings(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _mappings(value)


def _id_of(node: yaml.MappingNode) -> str | None:
    return next((str(v.value) for k, v in node.value if k.value == "id"), None)
