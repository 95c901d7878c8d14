"""Files that users and the business uploaded; their bytes lie beside the log."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rapport.simulator.log import Entry
from rapport.simulator.refusals import Refused, no_such_object

if TYPE_CHECKING:
    from rapport.simulator.twin import Twin

MB = 1_000_000
MAX_BYTES = {
    "image/jpeg": 5 * MB,
    "image/png": 5 * MB,
    "image/webp": 500_000,
    "audio/aac": 16 * MB,
    "audio/amr": 16 * MB,
    "audio/mpeg": 16 * MB,
    "audio/mp4": 16 * MB,
    "audio/ogg": 16 * MB,
    "video/mp4": 16 * MB,
    "video/3gpp": 16 * MB,
    "application/pdf": 100 * MB,
    "text/plain": 100 * MB,
    "application/msword": 100 * MB,
    "application/vnd.ms-excel": 100 * MB,
    "application/vnd.ms-powerpoint": 100 * MB,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": 100 * MB,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": 100 * MB,
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": 100 * MB,
}
"""What Meta takes, and how much of it."""

URL_SECONDS = 300
"""Meta: a media URL lives five minutes."""


class MediaStore:
    """Media by id: what it is goes to the log, the bytes to a folder."""

    def __init__(self, twin: Twin, folder: Path) -> None:
        self._twin, self._folder = twin, folder

    def keep(self, data: bytes, mime_type: str, filename: str = "") -> Entry:
        """Store a file; its entry with `media_id`, `sha256`, `file_size`. Raises Refused."""
        kind = mime_type.split(";", maxsplit=1)[0].strip()
        if kind not in MAX_BYTES:
            raise Refused(100, f"Param file must be of a supported type, not {kind[:60]}.")
        if not data or len(data) > MAX_BYTES[kind]:
            raise Refused(100, f"Param file must have 1 to {MAX_BYTES[kind]} bytes.")
        self._folder.mkdir(parents=True, exist_ok=True)
        media_id = str(secrets.randbelow(9 * 10**14) + 10**14)
        (self._folder / media_id).write_bytes(data)
        return self._twin.record(
            "media",
            media_id=media_id,
            mime_type=mime_type,
            sha256=hashlib.sha256(data).hexdigest(),
            file_size=len(data),
            filename=filename,
        )

    def forget(self, media_id: str) -> None:
        """Delete a file. Raises Refused when there is none."""
        if media_id not in self._twin.state.media:
            raise no_such_object(media_id)
        self._twin.record("media_deleted", media_id=media_id)
        (self._folder / media_id).unlink(missing_ok=True)

    def describe(self, media_id: str) -> dict[str, Any]:
        """Meta's answer to GET /<media id>: a URL that lives five minutes. Raises Refused."""
        entry = self._twin.state.media.get(media_id)
        if entry is None:
            raise no_such_object(media_id)
        expires = int(time.time()) + URL_SECONDS
        proof = self._proof(media_id, expires)
        base = f"{self._twin.settings.twin_url}/whatsapp_business/attachments/"
        return {
            "messaging_product": "whatsapp",
            "url": f"{base}?mid={media_id}&ext={expires}&hash={proof}",
            "mime_type": entry["mime_type"],
            "sha256": entry["sha256"],
            "file_size": entry["file_size"],
            "id": media_id,
        }

    def download(self, media_id: str, expires: str, proof: str) -> tuple[bytes, str] | None:
        """Bytes and type behind a URL made by `describe`; None when it is not (or no longer) one."""
        if not expires.isdecimal() or int(expires) < time.time():
            return None
        if not hmac.compare_digest(proof, self._proof(media_id, int(expires))):
            return None
        return self.read(media_id)

    def read(self, media_id: str) -> tuple[bytes, str] | None:
        """Bytes and type of a stored file, None when there is none."""
        entry = self._twin.state.media.get(media_id)
        path = self._folder / media_id
        if entry is None or not path.exists():
            return None
        return path.read_bytes(), entry["mime_type"]

    def _proof(self, media_id: str, expires: int) -> str:
        secret = self._twin.settings.app_secret.encode()
        return hmac.new(secret, f"{media_id} {expires}".encode(), hashlib.sha256).hexdigest()[:32]
