"""The key of sessions: made once, for its owner alone."""

from __future__ import annotations

import pytest

from safety.accounts import secret
from safety.errors import WrongUseError
from safety.settings import from_environment


def test_it_is_made_once_and_only_its_owner_reads_it(tmp_path) -> None:
    used = from_environment({"TOXWATCH_HOME": str(tmp_path)})
    made = secret.read_or_make(used)
    assert len(made) == 32
    assert secret.read_or_make(used) == made
    assert used.session_key == tmp_path / "keys" / "session.key"
    assert used.session_key.stat().st_mode & 0o777 == 0o600
    assert used.session_key.read_text() == f"{made.hex()}\n"


@pytest.mark.parametrize("content", ["", "no key", "ab" * 31])
def test_what_is_no_key_is_not_taken(tmp_path, content) -> None:
    path = tmp_path / "session.key"
    path.write_text(content)
    used = from_environment({"TOXWATCH_SESSION_KEY": str(path)})
    with pytest.raises(WrongUseError, match="holds no key of sessions"):
        secret.read_or_make(used)
