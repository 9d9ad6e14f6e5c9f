"""JSON and XML that are well formed, or nearly, and not what they should be."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from tests.faults.damage import Damage

RAW = "\x00raw:"  # a text that begins so is written as it stands: what no JSON writer would write
PARTS: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 10**30, "", "x", "x" * 20_000, [], {}, [[]], [None], {"": {}},
    {"a": 1}, [1, "x", None], "\ud800", "\u0000", RAW + "NaN", RAW + "Infinity", RAW + "-Infinity",
    RAW + "1e999", RAW + "-1e-999", RAW + "9" * 400, RAW + "9" * 5_000, RAW + "0." + "3" * 400,
    RAW + "1e400000000000000000000", RAW + "[" * 5_000, RAW + "[" * 90 + "]" * 90,
    RAW + '{"a":' * 300 + "1" + "}" * 300, RAW + '{"a":1,"a":2}', RAW + "01", RAW + "'x'",
    RAW + '"\\u00"', RAW + "undefined", RAW + "",
)  # fmt: skip
HEADS = ("records", "rows", "columns", "name", "datasetJSONVersion", "datasetJSONCreationDateTime",
         "toxwatch_pull", "cursor", "full", "pulled", "left_out", "notes", "group", "id", "part",
         "updated", "subject", "content")  # fmt: skip
_RAW = re.compile('"' + re.escape(json.dumps(RAW)[1:-1]) + '((?:[^"\\\\]|\\\\.)*)"')


def a_part_of_another_kind(content: bytes, rng: Random) -> bytes:
    """Put nonsense in the place of any part."""
    return _changed(content, rng, lambda parent, key: _put(parent, key, rng.choice(PARTS)))


def a_part_gone(content: bytes, rng: Random) -> bytes:
    return _changed(content, rng, lambda parent, key: parent.pop(key))


def a_part_twice(content: bytes, rng: Random) -> bytes:
    """Put a part in again: of a list a second time, of an object under another name."""

    def again(parent: Any, key: Any) -> None:
        if isinstance(parent, list):
            parent.insert(key, parent[key])
        else:
            parent[f"{key} "] = parent[key]

    return _changed(content, rng, again)


def a_key_told_twice(content: bytes, rng: Random) -> bytes:
    """Write one of the keys a second time, with another value."""
    text = content.decode()
    places = list(re.finditer(r'"(\w+)": ', text))
    place = rng.choice(places)
    return f"{text[: place.start()]}{place[0]}0, {text[place.start() :]}".encode()


def a_head_of_another_kind(content: bytes, rng: Random) -> bytes:
    """Put nonsense under a key that the format gives a meaning."""
    documents = _documents(content)
    known = [d for d in documents if isinstance(d, dict)]
    chosen = rng.choice([known[0], rng.choice(known)])
    key = rng.choice([k for k in HEADS if k in chosen])
    chosen[key] = rng.choice(PARTS)
    return _written(documents)


def _changed(content: bytes, rng: Random, change: Callable[[Any, Any], object]) -> bytes:
    documents = _documents(content)
    change(*rng.choice(list(_places(documents))))
    return _written(documents)


def _put(parent: Any, key: Any, value: Any) -> None:
    parent[key] = value


def _documents(content: bytes) -> list[Any]:
    return [json.loads(line) for line in content.decode().split("\n") if line]


def _places(held: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every place in a tree: what holds it, and its key there."""
    for key, value in list(held.items() if isinstance(held, dict) else enumerate(held)):
        yield held, key
        if isinstance(value, dict | list):
            yield from _places(value)


def _written(documents: list[Any]) -> bytes:
    lines = [_RAW.sub(_as_it_stands, json.dumps(d)) for d in documents]
    return ("\n".join(lines) + "\n" * (len(lines) > 1)).encode()


def _as_it_stands(match: re.Match[str]) -> str:
    return str(json.loads(f'"{match[1]}"'))


_TAG = re.compile(r"<[^?!][^>]*>")
_ATTRIBUTE = re.compile(r' (\w+)="([^"]*)"')
_VALUES = ("", " ", "x" * 200_000, "&#0;", "&#xFFFF;", "&a;", "<", "\x01", "\ufffe", "Remove",
           "Transactional", "1e999", "../../x", "T2", "\u202e", "&#10;", "=1+1")  # fmt: skip


def a_tag_gone(content: bytes, rng: Random) -> bytes:
    return _spliced(content, rng, _TAG, lambda _: "")


def a_tag_twice(content: bytes, rng: Random) -> bytes:
    return _spliced(content, rng, _TAG, lambda m: m[0] * rng.choice([2, 3, 500]))


def a_tag_renamed(content: bytes, rng: Random) -> bytes:
    names = ("X", "ItemGroupData", "SubjectData", "ODM", "ItemData", "AuditRecord", "x:y", "")
    return _spliced(content, rng, _TAG, lambda m: re.sub(r"\w+", rng.choice(names), m[0], count=1))


def an_attribute_gone(content: bytes, rng: Random) -> bytes:
    return _spliced(content, rng, _ATTRIBUTE, lambda _: "")


def an_attribute_of_another_kind(content: bytes, rng: Random) -> bytes:
    return _spliced(content, rng, _ATTRIBUTE, lambda m: f' {m[1]}="{rng.choice(_VALUES)}"')


def an_attribute_renamed(content: bytes, rng: Random) -> bytes:
    names = ("ItemOID", "Value", "IsNull", "TransactionType", "xmlns", "xmlns:x", "xml:base", "y:z")
    return _spliced(content, rng, _ATTRIBUTE, lambda m: f' {rng.choice(names)}="{m[2]}"')


def nested_deeply(content: bytes, rng: Random) -> bytes:
    depth = rng.choice([10, 70, 5_000])
    return _spliced(content, rng, _TAG, lambda m: m[0] + "<a>" * depth + "</a>" * depth)


def a_doctype(content: bytes, rng: Random) -> bytes:
    """Declare entities: one in another, of another file, of another server, in the DTD."""
    declared = rng.choice([
        '<!ENTITY a "b">', '<!ENTITY a SYSTEM "file:///etc/hostname">',
        '<!ENTITY a SYSTEM "http://127.0.0.1:9/a">', '<!ENTITY % a SYSTEM "file:///etc/hosts"> %a;',
        '<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">',
    ])  # fmt: skip
    where = rng.choice(['SYSTEM "http://127.0.0.1:9/x.dtd"', ""])
    return content.replace(b"\n<ODM", f"\n<!DOCTYPE ODM {where} [{declared}]>\n<ODM".encode(), 1)


def another_declaration(content: bytes, rng: Random) -> bytes:
    said = rng.choice(["utf-16", "ascii", "no-such", "ISO-8859-1", "UTF-7", "gb18030", "x" * 300])
    return content.replace(b"UTF-8", said.encode(), 1)


def _spliced(
    content: bytes, rng: Random, found: re.Pattern[str], made: Callable[[re.Match[str]], str]
) -> bytes:
    text = content.decode()
    place = rng.choice(list(found.finditer(text)))
    return (text[: place.start()] + made(place) + text[place.end() :]).encode()


IN_JSON: dict[str, Damage] = {
    d.__name__: d
    for d in (
        a_part_of_another_kind, a_part_gone, a_part_twice, a_key_told_twice, a_head_of_another_kind,
    )
}  # fmt: skip
IN_XML: dict[str, Damage] = {
    d.__name__: d
    for d in (
        a_tag_gone, a_tag_twice, a_tag_renamed, an_attribute_gone, an_attribute_of_another_kind,
        an_attribute_renamed, nested_deeply, a_doctype, another_declaration,
    )
}  # fmt: skip
