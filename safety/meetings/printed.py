"""The minutes as one page of HTML, for paper and file: no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from safety.signing.signature import Signature, sha256_of, valid

STYLE = (
    "@page{size:A4;margin:18mm}body{font:10.5pt/1.4 sans-serif;color:#111;max-width:180mm;"
    "margin:0 auto}h1{font-size:15pt}h2{font-size:11.5pt;border-bottom:1px solid #999;"
    "break-after:avoid}table{border-collapse:collapse;width:100%}th,td{border:1px solid #bbb;"
    "padding:2px 5px;text-align:left;vertical-align:top;overflow-wrap:anywhere}tr{break-inside:"
    "avoid}.state{font-weight:bold;font-size:13pt}.hash{font-family:monospace;font-size:8.5pt}"
    ".pre{white-space:pre-wrap}"
)
NONE = "None."
REACHED = {True: "reached", False: "NOT reached", None: "cannot be judged"}
DEVIATES = {True: "YES", False: "no", None: "cannot be judged: no design advises"}
Content = Mapping[str, Any]


def html(content: Content, signatures: Sequence[Signature]) -> str:
    """Return the minutes as HTML; FINAL if somebody approved exactly this content, else DRAFT.

    content: `minutes.content`. Each signature is held against it.
    """
    is_final = any(s.meaning == "approve" and valid(s, content) for s in signatures)
    title = f"Minutes {content['study']}: {content['meeting']['title']}"
    body = "\n".join([
        *_header(content, "FINAL" if is_final else "DRAFT"),
        *(part for name, tell in SECTIONS for part in (f"<h2>{name}</h2>", *tell(content))),
        "<h2>Signatures</h2>", *_signatures(content, signatures),
    ])  # fmt: skip
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}'
        f"</title><style>{STYLE}</style></head><body>\n{body}\n</body></html>\n"
    )


def _header(content: Content, state: str) -> Iterator[str]:
    head, meeting = content["head"], content["meeting"]
    yield f"<h1>{escape(content['study'])}: {escape(meeting['title'])}</h1>"
    yield f'<p class="state">{state}</p>'
    if head["notice"]:
        yield f"<p>{escape(head['notice'])}</p>"
    yield _table((), [
        ("Study", head["title"]), ("Protocol version", head["protocol"] or "none stated"),
        ("Planned on", meeting["planned_on"]), ("Data cut (as of)", content["as_of"]),
        ("Snapshot", content["snapshot_id"]), ("Result hash", content["result_hash"]),
        ("Record hash", content["record_hash"]), ("Rule set", content["rule_set"]),
        ("Code version", content["code_version"]), ("CTCAE", head["ctcae"]),
        ("Quorum", _quorum(content["quorum"])),
    ])  # fmt: skip
    if len(content["looked_at"]) > 1:
        yield "<p>It was bound anew to newer data; what was recommended before counts no more:</p>"
        rows = [(each["at"], each["snapshot_id"]) for each in content["looked_at"]]
        yield _table(("Time (UTC)", "Snapshot"), rows)


def _agenda(content: Content) -> Iterator[str]:
    rows = [(i["item"], i["text"], i["state"]) for i in content["agenda"]]
    yield _table(("Item", "About", "State"), rows)


def _attendance(content: Content) -> Iterator[str]:
    rows = [
        (f"{who['name']} ({who['username']})", who["role"],
         "present" if who["present"] else "absent", who["conflict"])
        for who in content["attendance"]
    ]  # fmt: skip
    yield _table(("Who", "Role", "There", "Conflict of interest"), rows)


def _conflicts(content: Content) -> Iterator[str]:
    rows = [(c["username"], _concern(c["item"]), c["text"]) for c in content["conflicts"]]
    yield _table(("Who", "Concerns", "Declared"), rows)


def _concern(item: int) -> str:
    return f"item {item}" if item else "the whole meeting"


def _recommendations(content: Content) -> Iterator[str]:
    for each in content["recommendations"]:
        yield f"<h3>Item {each['item']}: {escape(each['about'])}</h3>"
        yield _table((), _form(each))
    if not content["recommendations"]:
        yield f"<p>{NONE}</p>"


def _form(each: Content) -> list[tuple[str, object]]:
    counts, advised = each["counts"], each["advised"]
    design = "no design advises" if advised is None else _design(advised)
    return [
        ("Recommended", f"{each['option']} {each['level']}".strip()),
        ("Rationale", each["rationale"]),
        ("The design says", design),
        ("Deviates from the design", DEVIATES[each["deviates"]]),
        ("Reason of the deviation", each["deviation"] or "-"),
        ("Votes", ", ".join(f"{counts[c]} {c}" for c in ("for", "against", "abstain"))),
        ("Who voted", ", ".join(f"{v['username']}: {v['vote']}" for v in each["votes"]) or "-"),
        ("Did not vote", ", ".join(each["not_voted"]) or "-"),
        ("Recused", ", ".join(each["recused"]) or "-"),
    ]


def _design(advised: Content) -> str:
    action = f"{advised['action']} {advised['level']}".strip() if advised["action"] else "nothing"
    return f"{action} ({advised['design']}, {advised['status']}): {advised['why']}"


def _decisions(content: Content) -> Iterator[str]:
    rows = [
        (f"{d['kind']} {d['usubjid'] or d['doselvl']}", d["statement"], d["next_level"] or "-",
         d["state"], f"{d['proposed_by']}; {d['ended_by']}: {d['ended_for']}",
         d["decision_id"] or "-")
        for d in content["decisions"]
    ]  # fmt: skip
    yield _table(("About", "Statement", "Next subjects", "State", "By", "Decision"), rows)


def _actions(content: Content) -> Iterator[str]:
    rows = [(a["what"], a["who"], a["by"]) for a in content["actions"]]
    yield _table(("What", "Who", "By when"), rows)


def _notes(content: Content) -> Iterator[str]:
    for note in content["notes"]:
        yield f'<p class="pre">{escape(note["text"])}</p>'
        yield f"<p>{escape(note['by'])}, {escape(note['at'])}</p>"
    if not content["notes"]:
        yield f"<p>{NONE}</p>"


def _signatures(content: Content, signatures: Sequence[Signature]) -> Iterator[str]:
    yield f'<p>Content sha256: <span class="hash">{sha256_of(content)}</span></p>'
    rows = [
        (s.printed_name, s.meaning, s.at, f"{s.method}, {s.auth_at}", s.content_sha256,
         "valid" if valid(s, content) else "VOID: this is not what was signed")
        for s in signatures
    ]  # fmt: skip
    yield _table(
        ("Name", "Meaning", "Signed at (UTC)", "Identity proved", "Signed sha256", "State"), rows
    )  # fmt: skip


def _table(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table; without names the first cell of a row is its name."""
    listed = list(rows)
    if not listed:
        return f"<p>{NONE}</p>"
    top = _row(names, "th") if names else ""
    return "<table>" + top + "".join(_row(each, "td") for each in listed) + "</table>"


def _row(cells: Sequence[object], tag: str) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(str(c))}</{tag}>" for c in cells) + "</tr>"


def _quorum(quorum: Content) -> str:
    needed = "not stated" if quorum["needed"] is None else f"{quorum['needed']} needed"
    return f"{needed}, {quorum['present']} present: {REACHED[quorum['reached']]}"


SECTIONS: tuple[tuple[str, Callable[[Content], Iterator[str]]], ...] = (
    ("Agenda", _agenda), ("Attendance", _attendance), ("Conflicts of interest", _conflicts),
    ("Recommendation and votes", _recommendations), ("Decisions", _decisions),
    ("Actions", _actions), ("Minutes", _notes),
)  # fmt: skip
