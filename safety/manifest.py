"""What a run works on: study, deliveries, releases. It is kept with its snapshot for ever."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from safety.study.model import Study


@dataclass(frozen=True, slots=True)
class Landed:
    """One delivered file: its name as delivered, content hash and size in bytes."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class FeedDelivery:
    """One feed's delivery: a hash over its files, and the files.

    day: when it was received, YYYY-MM-DD; "" for a feed of one folder. strange: on the newest
    delivery of a daily feed, names among the deliveries that are none.
    """

    feed: str
    sha256: str
    files: tuple[Landed, ...]
    day: str = ""
    strange: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Release:
    """A held row that a named user lets in, although checks fail.

    key: of the held row, with a digest of its content. fingerprint: of what held it then.
    """

    key: str
    fingerprint: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a run works on; everything in it but `received_at` determines the snapshot id.

    released: the releases in force when it was landed, sorted.
    """

    snapshot_id: str
    study: Study
    rule_set: str
    code_version: str
    as_of: str
    received_at: str
    deliveries: tuple[FeedDelivery, ...]
    released: tuple[Release, ...] = ()

    def of_feed(self, feed: str) -> tuple[FeedDelivery, ...]:
        """Return the deliveries of a feed, oldest first."""
        return tuple(d for d in self.deliveries if d.feed == feed)

    def content(self) -> dict[str, Any]:
        """Return all that determines the results, as JSON has it: not when it was received."""
        return {
            "study": self.study.model_dump(mode="json"),
            "rule_set": self.rule_set,
            "code_version": self.code_version,
            "as_of": self.as_of,
            "released": [asdict(r) for r in self.released],
            "deliveries": [
                asdict(d) | {"strange": list(d.strange), "files": [asdict(f) for f in d.files]}
                for d in self.deliveries
            ],
        }

    @classmethod
    def from_content(
        cls, snapshot_id: str, content: Mapping[str, Any], received_at: str = ""
    ) -> Manifest:
        """Return the manifest of a `content`; raise ValueError if the study in it cannot be read.

        An older version of toxwatch may have written a study that this one does not know.
        """
        return cls(
            snapshot_id=snapshot_id,
            study=Study.model_validate(content["study"]),
            rule_set=content["rule_set"],
            code_version=content["code_version"],
            as_of=content["as_of"],
            received_at=received_at,
            released=tuple(Release(**r) for r in content["released"]),
            deliveries=tuple(_delivery(d) for d in content["deliveries"]),
        )


def _delivery(content: Mapping[str, Any]) -> FeedDelivery:
    files = tuple(Landed(**file) for file in content["files"])
    return FeedDelivery(
        content["feed"], content["sha256"], files, content["day"], tuple(content["strange"])
    )
