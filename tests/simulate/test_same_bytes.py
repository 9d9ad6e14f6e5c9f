"""One whole small trial with faults, byte by byte: the same on every machine.

The study file is a part of it and the source of its regimen. Who changes that file, a number of the
calibration or what a stream of chance is used for puts the new digest here, and says so; any other
change of it is a fault.
"""

import hashlib
from pathlib import Path

from safety.simulate.model import Options
from safety.simulate.trial import simulate
from safety.simulate.write import write
from safety.study.load import load

STUDY = Path("studies/nct06038461.yaml")
DIGEST = "983248357665929806c02f0c099b28a14c4652e918d703735121bae70c9cbc84"


def digest(folder: Path) -> str:
    """Return the SHA-256 of names and bytes of all files of a folder."""
    found = hashlib.sha256()
    for name, path in sorted((p.relative_to(folder).as_posix(), p) for p in folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            found.update(f"{name}\0{len(content)}\0".encode() + content)
    return found.hexdigest()


def test_the_same_seed_gives_these_bytes(tmp_path):
    study, out = load(STUDY), tmp_path / "out"
    trial = simulate(study, Options(seed=1, subjects=3, days=40, accrual_per_month=12.0))
    written = write(STUDY, study, trial, out, "realistic", deliveries=14)
    assert (written.subjects, written.deliveries, written.rows) == (3, 14, 976)
    assert digest(out) == DIGEST


def test_a_name_and_a_byte_count(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    first = digest(tmp_path)
    (tmp_path / "a").write_bytes(b"y")
    assert digest(tmp_path) != first
    (tmp_path / "a").write_bytes(b"x")
    assert digest(tmp_path) == first
    (tmp_path / "a").rename(tmp_path / "b")
    assert digest(tmp_path) != first
