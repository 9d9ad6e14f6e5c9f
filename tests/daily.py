"""A small trial that is delivered by three daily feeds, a folder a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from safety import pipeline
from safety.settings import Settings
from safety.study.model import Study
from tests import build, delivery, trial
from tests.delivery import NOW, Rows

MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (f"2024-04-0{n}" for n in range(1, 5))
LAB = {
    "LB": {
        "record": "measurement", "key": ["USUBJID", "LBREFID", "LBTESTCD"], "optional": True,
        "updated": "LBUPDTC", "deleted": {"column": "LBRESSTA", "values": ["X"]},
    },
}  # fmt: skip


def feeds(**edc: Any) -> list[dict[str, Any]]:
    """EDC and diary deliver whole extracts, the laboratory what changed. `edc` changes domains."""
    domains = {n: d for n, d in trial.DOMAINS.items() if n in ("DM", "AE", "SUPPAE", "SV", "VS")}
    domains |= {name: domains[name] | change for name, change in edc.items()}
    return [
        {"id": "edc", "kind": "sdtm_folder", "path": "feeds/t1/{day}/edc", "domains": domains},
        {"id": "lab", "kind": "sdtm_folder", "path": "feeds/t1/{day}/lab", "delivers": "changes",
         "encoding": "gb18030", "domains": LAB},
        {"id": "diary", "kind": "sdtm_folder", "path": "feeds/t1/{day}/diary",
         "domains": {"EC": trial.DOMAINS["EC"]}},
    ]  # fmt: skip


def settings(home: Path, given: list[dict[str, Any]] | None = None) -> Settings:
    """Settings of a home with the small trial as `t1`, delivered daily."""
    used = delivery.trial_settings(home)
    path = used.studies / "t1.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["feeds"] = feeds() if given is None else given
    path.write_text(yaml.safe_dump(Study.model_validate(content).model_dump(mode="json")), "utf-8")
    return used


def rows() -> dict[str, Rows]:
    """One subject who took every dose, by domain of EDC and diary."""
    return {n: r for n, r in delivery.trial_rows().items() if n != "lb"}


def count(
    value: str,
    updated: str,
    ref: str = "R1",
    day: str = "2024-03-10",
    status: str = "F",
    **changes: str | None,
) -> dict[str, str | None]:
    """A neutrophil count of the laboratory, in a version of `updated`."""
    base = build.measurement("NEUT", value, "10^9/L", day, LBORNRLO="1.8", LBORNRHI="6.3",
                             VISIT=None, VISITNUM=None, LBREFID=ref, LBUPDTC=updated,
                             LBRESSTA=status)  # fmt: skip
    return base | changes


def deliver(home: Path, day: str, lab: Rows | None = None, **domains: Rows | None) -> Path:
    """Write the folder of a day: EDC and diary whole, the laboratory if it has `lab`."""
    folder = home / "feeds" / "t1" / day
    content = {**rows(), **domains}
    for name, given in content.items():
        if given is not None:
            place = folder / ("diary" if name == "ec" else "edc")
            place.mkdir(parents=True, exist_ok=True)
            delivery.write_csv(place / f"{name}.csv", given)
    if lab is not None:
        (folder / "lab").mkdir(parents=True, exist_ok=True)
        delivery.write_csv(folder / "lab" / "lb.csv", lab)
    return folder


def run(used: Settings, day: str) -> dict[str, Any]:
    """Run the trial as it was known at the end of a day."""
    return pipeline.run(used, "t1", date.fromisoformat(day), now=lambda: NOW)


def findings(used: Settings, *checks: str) -> dict[str, tuple[str, str]]:
    """Return citation and note of the newest failed findings of files, by check and file."""
    store, shot = delivery.snapshot(used)
    table = store.frame("finding", shot.cut)
    failed = table[table["STATUS"].eq("fail") & table["CHECKID"].str.startswith("IN-")]
    chosen = failed[failed["CHECKID"].isin(checks)] if checks else failed
    return {f"{r.CHECKID} {r.FILE}": (r.CITATION, r.NOTE) for r in chosen.itertuples()}


def values(used: Settings) -> dict[str, float]:
    """Return the current neutrophil counts by sample."""
    store, shot = delivery.snapshot(used)
    table = store.frame("measurement", shot.cut, paramcd="NEUT")
    return dict(zip(table["KEY"].str.split("|").str[2], table["AVAL"], strict=True))


def files(used: Settings) -> dict[str, tuple[str, ...]]:
    """Return status, counts and reason of every delivered file."""
    table = delivery.snapshot(used)[0].deliveries("T1")
    return {
        str(r.NAME): (r.FILE_STATUS, r.RECEIVED, r.ACCEPTED, r.QUARANTINED, r.DUPLICATES,
                      r.SUPERSEDED, r.DELETED)
        for r in table.itertuples()
    }  # fmt: skip
