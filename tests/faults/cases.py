"""Which mutation makes sense of which format; a case is a format, a mutation and a seed."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import NamedTuple

from tests.faults.corpus import FORMATS
from tests.faults.damage import DAMAGES, Damage
from tests.faults.spoilt_layouts import IN_PARQUET, IN_XPT
from tests.faults.spoilt_tables import SPOILS
from tests.faults.spoilt_trees import IN_JSON, IN_XML
from tests.faults.table import Table, table

OWN: dict[str, dict[str, Damage]] = {
    "xpt": IN_XPT, "parquet": IN_PARQUET, "json": IN_JSON, "ndjson": IN_JSON, "fhir": IN_JSON,
    "redcap": IN_JSON, "odm_xml": IN_XML,
}  # fmt: skip

CUT, KILOBYTE = "cut_at", 1024


class Case(NamedTuple):
    """A mutated file, the same in every run. Its text is what `TOXWATCH_FUZZ_CASE` takes.

    seed: of the mutation; of a cut, how many bytes are left.
    """

    shape: str
    mutation: str
    seed: int

    def __str__(self) -> str:
        return f"{self.shape}:{self.mutation}:{self.seed}"

    def content(self) -> tuple[bytes, int | None]:
        """Return the bytes, and how many rows they hold if that is known."""
        rng, encode = Random(str(self)), FORMATS[self.shape].encode
        if self.mutation == CUT:
            return _sound(self.shape)[: self.seed], None
        if self.mutation in SPOILS:
            spoilt = SPOILS[self.mutation](table(), rng)
            return encode(spoilt), _rows(self.shape, spoilt)
        return damages(self.shape)[self.mutation](_sound(self.shape), rng), None


def _rows(shape: str, spoilt: Table) -> int:
    """Return the rows that a file of a table holds: blank rows at the end of an XPT are its end."""
    last = len(spoilt.rows)
    while shape == "xpt" and last and not any((c or "").strip() for c in spoilt.rows[last - 1]):
        last -= 1
    return last


def parsed(text: str) -> Case:
    """Return the case of a text."""
    shape, mutation, seed = text.rsplit(":", 2)
    return Case(shape, mutation, int(seed))


def damages(shape: str) -> dict[str, Damage]:
    """Return what can be done to the bytes of a format."""
    return DAMAGES | OWN.get(shape, {})


def mutations(shape: str) -> list[str]:
    """Return the names of everything that can be done to a format."""
    return [*damages(shape), *SPOILS]


def cuts(shape: str, most: int) -> list[int]:
    """Return where a file is cut: at every kilobyte, then anywhere, the same in every run."""
    size = len(_sound(shape))
    kilobytes = [*range(0, size, KILOBYTE)][:most]
    others = [n for n in range(size) if n % KILOBYTE]
    chosen = Random(shape).sample(others, min(len(others), most - len(kilobytes)))
    return kilobytes + sorted(chosen)


@cache
def _sound(shape: str) -> bytes:
    return FORMATS[shape].encode(table())
