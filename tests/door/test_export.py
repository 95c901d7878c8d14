"""A customer's data by a link: a file for whoever has the link, for a while, and for nobody else."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from rapport import clock
from rapport.customers import export as links
from rapport.db.customers import Customer
from rapport.door import export
from rapport.door.desk import Desk


def get(sessions: Any, token: str) -> Any:
    return asyncio.run(export.download(None, token, Desk(sessions, None)))  # type: ignore[arg-type]


@pytest.fixture
def token(sessions: Any) -> str:
    now = clock.utc_now()
    with sessions.begin() as session:
        customer = Customer(created_at=now, business_id="C-1", name="Mara", email="m@example.org")
        session.add(customer)
        session.flush()
        return links.link(session, customer.id, origin="wamid.1", now=now)


def test_the_link_gives_a_file_that_is_kept_nowhere(sessions: Any, token: str) -> None:
    answer = get(sessions, token)
    assert answer.status == 200
    assert json.loads(answer.body)["customer"][0]["email"] == "m@example.org"
    headers = dict(answer.headers)
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["X-Robots-Tag"] == "noindex"


def test_it_wears_out(sessions: Any, token: str) -> None:
    assert [get(sessions, token).status for _ in range(links.USES + 1)][-2:] == [200, 404]


@pytest.mark.parametrize("guess", ["x", "", "../etc/passwd", "A" * 5000])
def test_a_guess_is_not_found_and_told_nothing(sessions: Any, token: str, guess: str) -> None:
    answer = get(sessions, guess)
    assert answer.status == 404 and b"Mara" not in answer.body


def test_a_day_later_it_is_over(sessions: Any, token: str) -> None:
    later = clock.utc_now() + timedelta(hours=24, seconds=1)
    with sessions.begin() as session:
        assert links.redeem(session, token, later) is None


def test_a_process_that_starts_asks_to_come_again() -> None:
    assert asyncio.run(export.download(None, "x", None)).status == 503  # type: ignore[arg-type]
