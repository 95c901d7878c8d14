"""What a trained component rests on beside Rasa's training data: this folder's code, and other files of data.

Rasa keeps what it trained and takes it again for a component whose class reads the same, whatever has
changed in what the class calls.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def fingerprint(data: Iterable[Path] = ()) -> str:
    """A digest of this folder's code and the files `data`, for a component's `fingerprint_addon`."""
    digest = hashlib.sha256()
    for path in [*sorted(Path(__file__).parent.glob("*.py")), *sorted(data)]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
