"""Files customers send: fetched in the background, bounded in size and type, never in the way of a text."""

from __future__ import annotations

import hashlib
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog

from rapport.db.conversation import Media
from rapport.errors import SendError, TryLater
from rapport.whatsapp.client import Cloud

log = structlog.get_logger()

LARGEST = {
    "image": 5_000_000,
    "audio": 16_000_000,
    "video": 16_000_000,
    "application": 100_000_000,
    "text": 100_000_000,
}
"""Meta's own bounds by kind of file, in bytes (media page, 2025-12-11)."""

SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "audio/ogg": ".ogg",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/aac": ".aac",
    "audio/amr": ".amr",
    "video/mp4": ".mp4",
    "video/3gpp": ".3gp",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
}
"""What is kept; anything else a customer can send (programs, archives, pages) is not."""


class Refused(Exception):
    """The file is not kept; the reason is a word."""


async def fetch(sessions: Any, cloud: Cloud, folder: Path, media_id: str) -> None:
    """Fetch one file into `folder` and write its row; done or refused files are left alone.

    Raises TryLater when Meta is to be asked again.
    """
    with sessions.begin() as session:
        row = session.get(Media, media_id)
        if row is None or row.state != "waiting":
            return
    try:
        path, size, digest = await _download(cloud, folder, media_id)
        _settle(sessions, media_id, state="stored", path=path.name, size=size, sha256=digest)
    except Refused as reason:
        _settle(sessions, media_id, state="refused", error=str(reason))
        log.info("media.refused", reason=str(reason))
    except TryLater:
        raise
    except SendError as error:
        _settle(sessions, media_id, state="refused", error=f"meta_{error.code}")
        log.info("media.refused", code=error.code)


async def _download(cloud: Cloud, folder: Path, media_id: str) -> tuple[Path, int, str]:
    described = await cloud.media_url(media_id)
    mime_type = str(described.get("mime_type") or "").split(";")[0].strip()
    suffix = SUFFIXES.get(mime_type)
    if suffix is None:
        raise Refused("type")
    largest = LARGEST[mime_type.split("/")[0]]
    if int(described.get("file_size") or 0) > largest:
        raise Refused("size")
    folder.mkdir(parents=True, exist_ok=True)
    # Meta's ids are digits, but they come from outside: they never become a path.
    path = folder / (hashlib.sha256(media_id.encode()).hexdigest() + suffix)
    size, digest = await _write(cloud, str(described["url"]), path, largest)
    promised = described.get("sha256")
    if promised and promised != digest:
        path.unlink()
        raise TryLater(131052, timedelta(seconds=10), "digest")
    return path, size, digest


async def _write(cloud: Cloud, url: str, path: Path, largest: int) -> tuple[int, str]:
    draft = path.with_suffix(".part")
    digest, size = hashlib.sha256(), 0
    with draft.open("wb") as file:
        async for chunk in cloud.media_chunks(url):
            size += len(chunk)
            if size > largest:
                draft.unlink()
                raise Refused("size")
            digest.update(chunk)
            file.write(chunk)
    os.replace(draft, path)
    return size, digest.hexdigest()


def _settle(sessions: Any, media_id: str, **values: Any) -> None:
    with sessions.begin() as session:
        session.execute(sa.update(Media).where(Media.media_id == media_id).values(**values))
