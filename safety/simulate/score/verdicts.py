"""Verdicts and evaluability at the end, by what was delivered and by what truly was."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from safety.simulate.score import planted
from safety.simulate.score.read import Published, Row, Truth
from safety.simulate.score.tally import Line, Part, Tally, tallied

SHOWN = 2  # queries that a reason names
NONE = "no verdict"


def parts(truth: Truth, said: Published) -> tuple[Part, ...]:
    return (
        verdicts(truth, said),
        evaluability(truth, said),
        free_of_gaps(truth, said),
        hidden(truth, said),
    )


def verdicts(truth: Truth, said: Published) -> Part:
    """Compare verdicts at the end. INDETERMINATE is right only where truth says so."""
    return _at_end("Verdicts at the end", "VERDICT", truth, said)


def evaluability(truth: Truth, said: Published) -> Part:
    return _at_end("Evaluable at the end", "EVALUABLE", truth, said)


def _at_end(title: str, column: str, truth: Truth, said: Published) -> Part:
    """Compare one column of the verdict; subjects without a verdict in truth are not judged."""
    told = _told(said)
    subjects = [s for s in truth.rows("subjects") if s["VERDICT"]]
    lines = [line for s in subjects for line in _of_subject(column, s, told.get(s["USUBJID"]))]
    expected = [s[column] or "not known" for s in subjects]
    return Part(title, tallied((), expected, lines), tuple(lines))


def _told(said: Published) -> dict[str, Row]:
    return {r["USUBJID"]: r for r in said.current("verdict")}


def _of_subject(column: str, subject: Mapping[str, str], told: Row | None) -> Iterator[Line]:
    right, who = subject[column] or "not known", subject["USUBJID"]
    got = NONE if told is None else told[column] or "not known"
    if got == right:
        return
    why = "" if told is None else "; ".join(x for x in (told["REASON"], *_asked(told)) if x)
    text = f"toxwatch says {got}" + (f": {why}" if why else "")
    yield Line("miss", right, who, column.lower(), "", text)
    if told is not None:
        yield Line("false", got, who, column.lower(), "", f"truth says {right}")


def _asked(told: Row) -> Sequence[str]:
    found: list[str] = json.loads(told["QUERIES"] or "[]")
    return found[:SHOWN]


def free_of_gaps(truth: Truth, said: Published) -> Part:
    """Compare what truly happened, measured without gaps, with the verdict at the end."""
    told = _told(said)
    subjects = [s for s in truth.rows("subjects") if s["TRUE_VERDICT"]]
    got = {u: told[u]["VERDICT"] if u in told else NONE for u in (s["USUBJID"] for s in subjects)}
    lines = tuple(
        Line("miss", s["TRUE_VERDICT"], s["USUBJID"], _rules(s), s["TRUE_ONSET"],
             f"toxwatch says {got[s['USUBJID']]}: {_why(s, got[s['USUBJID']], truth, said)}")
        for s in subjects if got[s["USUBJID"]] != s["TRUE_VERDICT"]
    )  # fmt: skip
    crossed = Counter((s["TRUE_VERDICT"], got[s["USUBJID"]]) for s in subjects)
    note = "; ".join(f"truly {true}, said {other}: {n}" for (true, other), n in crossed.items())
    tallies = tallied((), [s["TRUE_VERDICT"] for s in subjects], lines)
    return Part("True verdict, free of gaps", tallies, lines, note)


def _rules(subject: Mapping[str, str]) -> str:
    return f"verdict ({subject['TRUE_RULES']})" if subject["TRUE_RULES"] else "verdict"


def _why(subject: Mapping[str, str], got: str, truth: Truth, said: Published) -> str:
    """Return why what was said is not what truly was: the data, a planted fault, or unexplained."""
    if got == NONE:
        return "nothing was published of the subject"
    faults = planted.beside(truth, subject["USUBJID"], [said.last])
    reader = subject["VERDICT"]
    if got != reader:
        spoiled = f"evidence may be spoiled{planted.note(faults)}" if faults else "unexplained"
        return f"{spoiled}; an ideal reader of what was delivered says {reader}"
    if subject["HIDDEN"] == "Y":
        return "hidden: not recorded by the site"
    if reader == "PENDING":
        return "still pending: the delivered data are behind"
    if reader == "INDETERMINATE":
        return f"the delivered data cannot decide{planted.note(faults)}"
    return f"so an ideal reader of what was delivered says too{planted.note(faults)}"


def hidden(truth: Truth, said: Published) -> Part:
    """Count true DLTs that nobody recorded: no reader of the data can find them."""
    told = _told(said)
    subjects = truth.rows("subjects", HIDDEN="Y")
    unfound = [s for s in subjects
               if s["USUBJID"] not in told or told[s["USUBJID"]]["VERDICT"] != "DLT"]  # fmt: skip
    lines = tuple(
        Line("miss", "hidden DLT", s["USUBJID"], s["TRUE_RULES"], s["TRUE_ONSET"],
             f"not in what was recorded: {s['NOTE']}".removesuffix(": "))
        for s in unfound
    )  # fmt: skip
    tally = Tally("hidden DLT", len(subjects), len(subjects) - len(unfound), len(unfound))
    note = "True DLTs that nobody recorded. They are no misses: no reader of the data finds them."
    return Part("Hidden", (tally,) if subjects else (), lines, note)
