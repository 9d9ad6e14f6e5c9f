"""What a study says of the checks on its data, in words."""

from __future__ import annotations

from collections.abc import Iterator

from safety.study.checks import AddedCheck, Checks


def check_lines(checks: Checks) -> Iterator[str]:
    """Yield a line for every check that is switched off, changed or added, and for other limits."""
    for off in checks.off:
        yield f"- **{off.id}** is switched off: {off.reason}."
    for changed in checks.changed:
        weight = " and ".join(w for w in (changed.severity, changed.handling) if w)
        yield f"- **{changed.id}** is {weight}: {changed.reason}."
    for name in sorted(checks.parameters.model_fields_set):
        yield f"- `{name}` is {getattr(checks.parameters, name)}."
    for added in checks.added:
        yield (
            f"- **{added.id}** ({added.severity}, {added.handling}): {added.title}. "
            f"{_told(added)} [{added.citation}]"
        )


def _told(check: AddedCheck) -> str:
    where = "".join(f", where {name} is {' or '.join(texts)}" for name, texts in check.when.items())
    record = check.record.replace("_", " ").capitalize()
    return f"{record}{where}, {check.field} {_test(check)}."


def _test(check: AddedCheck) -> str:
    said = getattr(check, check.test)
    if check.between is not None:
        low, high = check.between.min, check.between.max
        limits = [f"{word} {x:g}" for word, x in (("at least", low), ("at most", high))
                  if x is not None]  # fmt: skip
        return f"is {' and '.join(limits)}"
    words = {
        "one_of": "is one of ", "not_in": "is none of ", "matches": "has the form ",
        "present": "is not missing", "not_before": "is not before ", "not_after": "is not after ",
    }  # fmt: skip
    told = "" if check.present else ", ".join(said) if isinstance(said, list) else str(said)
    return words[check.test] + told
