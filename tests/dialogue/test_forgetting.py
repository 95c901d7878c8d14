"""Somebody who asks to be forgotten is, a moment after the farewell, also when the dialogue was killed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.service import text_of, until

FORGOTTEN_WITHIN_SECONDS = 120.0


@pytest.mark.parametrize("is_killed", [False, True], ids=["in peace", "killed after the farewell"])
def test_after_the_farewell_nothing_is_left(service: Any, guest: str, is_killed: bool) -> None:
    service.ask(guest, "delete all my data, my word is xylophone")
    farewell = service.ask(guest, tap="Yes, delete it")
    assert "within the next few minutes" in text_of(farewell)
    if is_killed:
        service.kill("dialogue")
        service.spawn_dialogue()
    until(lambda: not _rows_of(service, guest), FORGOTTEN_WITHIN_SECONDS)
    assert _count(service, "SELECT count(*) FROM inbox WHERE text LIKE '%%xylophone%%'") == 0
    assert _count(service, "SELECT count(*) FROM erasure WHERE done_at IS NOT NULL") > 0
    assert _count(service, "SELECT count(*) FROM suppression") > 0


def _rows_of(service: Any, guest: str) -> int:
    return _count(service, "SELECT count(*) FROM identity WHERE address = %s", guest)


def _count(service: Any, query: str, *values: Any) -> int:
    return int(service.database(query, *values, wait=False)[0][0])
