"""Read a study file; every error names the line and what to do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from safety.errors import StudyError, WrongUseError
from safety.study.alerts import Alerts
from safety.study.fields import unknown_fields
from safety.study.known_checks import wrong_checks
from safety.study.model import Study
from safety.study.problems import explain, placed_faults
from safety.versioning import canonical_json, digest

TRUTH_VALUES = "tTfF"  # first letters of true and false
MAX_DEPTH = 50  # of lists and mappings; a whole trial has a dozen
MAX_DIGITS = 15  # of a whole number: more stand in no protocol, and thousands cannot be read
MAX_BYTES = 1_000_000  # a study file is written by hand; anything larger is not one


def load(path: Path) -> Study:
    """Return the study in a YAML file. Raises StudyError with every problem found."""
    if not path.is_file():
        raise StudyError(str(path), ["no such file; give a study file, e.g. studies/NAME.yaml"])
    if path.stat().st_size > MAX_BYTES:
        raise StudyError(str(path), [f"larger than {MAX_BYTES} bytes: this is not a study file"])
    try:
        text = path.read_text(encoding="utf-8")
        _require_plain(text)  # first: composing what is nested too deeply overflows the stack
        root = yaml.compose(text, Loader=_StrictLoader)
        raw = yaml.load(text, Loader=_StrictLoader)  # noqa: S506  a SafeLoader
    except UnicodeDecodeError as error:
        raise StudyError(str(path), [f"not UTF-8 (byte {error.start}): save it so"]) from error
    except RecursionError as error:
        raise StudyError(str(path), ["nested too deeply: this is not a study file"]) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        problem = f"not YAML: line {line} holds a character that is no text; delete it"
        raise StudyError(str(path), [problem]) from error
    except yaml.YAMLError as error:
        raise StudyError(str(path), [f"not YAML: {error}"]) from error
    if not isinstance(raw, dict):
        raise StudyError(str(path), ["a study file is a mapping: `studyid: ...` and so on"])
    try:
        study = Study.model_validate(raw)
    except ValidationError as error:
        raise StudyError(str(path), explain(error.errors(), root)) from error
    faults = [*unknown_fields(study), *wrong_checks(study)]
    if faults:
        raise StudyError(str(path), placed_faults(faults, root))
    return study


def _require_plain(text: str) -> None:
    """Raise YAMLError for aliases (a few unfold to gigabytes), tags, and deep nesting."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise yaml.YAMLError(f"line {line}: nested too deeply; split the condition")
        if isinstance(event, yaml.AliasEvent):
            raise yaml.YAMLError(
                f"line {line}: aliases (*name) are not allowed; write the value out"
            )
        if getattr(event, "tag", None) not in {None, "!"}:
            raise yaml.YAMLError(f"line {line}: tags (!name) are not allowed; write the value only")


SHOWN_ONLY: Any = {
    "title": True,
    "notice": True,
    "phase": True,
    "alerts": set(Alerts.model_fields) - {"grade"},
    "committee": True,
    "protocol": {"author", "approved_by", "changes"},
    "reporting": {"confirmed_by"},
}


class _StrictLoader(yaml.CSafeLoader):
    """SafeLoader without repeated keys, by libyaml (ten times faster than Python).

    Dates stay text: the model reads them, so that an impossible one is named with its line. Only
    true and false are truth values, as in YAML 1.2: `no` is the field and the answer of that name.
    Numbers are decimal, as in YAML 1.2: `010` is ten and `1:30` is text, not ninety.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012  as the base class has it
        first: [
            (tag, pattern)
            for tag, pattern in resolvers
            if not tag.endswith((":timestamp", ":int", ":float"))
            and not (tag.endswith(":bool") and first not in TRUTH_VALUES)
        ]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_yaml_int(self, node: Any) -> int:
        text = str(self.construct_scalar(node))
        if len(text) > MAX_DIGITS:
            line = node.start_mark.line + 1
            raise yaml.YAMLError(
                f"line {line}: a number of {len(text)} digits; write a smaller one"
            )
        return int(text)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        twice = [str(k) for k in keys if keys.count(k) > 1]
        if twice:
            raise yaml.YAMLError(
                f"line {node.start_mark.line + 1}: {twice[0]} stands twice; keep one of them"
            )
        return super().construct_mapping(node, deep)


_StrictLoader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"[-+]?[0-9]+$", re.ASCII), list("-+0123456789")
)
_StrictLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(
        r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?$|[-+]?[0-9]+[eE][-+]?[0-9]{1,3}$",
        re.ASCII,
    ),
    list("-+.0123456789"),
)
_StrictLoader.add_constructor("tag:yaml.org,2002:int", _StrictLoader.construct_yaml_int)


def rule_set_hash(study: Study) -> str:
    """Return the content hash of everything in the study file that can change a result.

    Left out: what is only shown, who hears of an alert, the quorum of the committee, and who wrote
    and approved the version.
    Every version of a rule counts, whichever is in force.
    """
    return digest(canonical_json(study.model_dump(mode="json", exclude=SHOWN_ONLY)))[:16]


def find(name: str, folder: Path) -> Path:
    """Return the study file called `name` (a path, or a name in `folder`)."""
    if name.endswith((".yaml", ".yml")):
        return Path(name)
    path = folder / f"{name}.yaml"
    if not name.replace("_", "").replace("-", "").isalnum():
        raise WrongUseError(f"{name!r} is not a study name; use letters, digits and _.")
    if not path.is_file():
        known = sorted(p.stem for p in folder.glob("*.yaml"))
        raise WrongUseError(f"no study {name!r} in {folder}. Known: {', '.join(known) or 'none'}.")
    return path
