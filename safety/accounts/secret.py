"""The key of sessions: it signs cookies and makes the handles of subjects in addresses.

Whoever takes it away ends no session, but links with a handle that were kept lead nowhere.
"""

from __future__ import annotations

from safety import secrets_file
from safety.errors import WrongUseError
from safety.settings import Settings

LENGTH = 32  # bytes


def read_or_make(settings: Settings) -> bytes:
    """Return the key that the settings name; one is made where there is none.

    Raises WrongUseError for a file that holds no key.
    """
    path = settings.session_key
    if not path.exists():
        secrets_file.make(path, LENGTH)
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii", errors="replace"))
    except ValueError:
        key = b""
    if len(key) < LENGTH:
        raise WrongUseError(
            f"{path} holds no key of sessions: {LENGTH} bytes in hexadecimal are needed. Restore "
            "it from the backup, or move it away: a new one is made."
        )
    return key
