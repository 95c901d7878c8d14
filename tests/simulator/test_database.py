"""What the twin learns from the product's database, and that it does without one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from rapport import settings as settings_module
from rapport.db.conversation import Inbox
from rapport.db.customers import Customer, Identity
from rapport.settings import Settings
from rapport.simulator.database import Directory

NOON = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)
PHONE, USER_ID = "12025550150", "US.123"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_module.load({"RAPPORT_DATA_DIR": str(tmp_path)})


def customer(session: Any, name: str, phone: str, **more: Any) -> int:
    row = Customer(name=name, created_at=NOON, **more)
    session.add(row)
    session.flush()
    whole = {"customer_id": row.id, "valid_from": NOON}
    session.add(Identity(kind="phone", value=phone, address=phone, **whole))
    return int(row.id)


def test_the_newest_message_of_the_phone_or_user_id_in_force_is_the_witness(
    sessions: Any, database_url: str, settings: Settings
) -> None:
    with sessions.begin() as session:
        mara = customer(session, "Mara", PHONE, business_id="c1")
        whole = {"customer_id": mara, "valid_from": NOON}
        session.add(Identity(kind="bsuid", value=USER_ID, address=USER_ID, **whole))
        former = {"value": "999", "address": "999", "valid_until": NOON}
        session.add(Identity(kind="phone", **whole, **former))
        for hours in (1, 2):
            at = NOON + timedelta(hours=hours)
            session.add(
                Inbox(
                    wamid=f"wamid.{hours}",
                    customer_id=mara,
                    type="text",
                    text="Hi",
                    payload={},
                    sent_at=at,
                    received_at=at,
                    due_at=at,
                    state="handled",
                )
            )
    directory = Directory(replace(settings, database_url=database_url))
    newest = NOON + timedelta(hours=2)
    assert directory.last_seen_at(PHONE, None) == newest
    assert directory.last_seen_at(None, USER_ID) == newest
    assert directory.last_seen_at("999", None) is None
    assert directory.last_seen_at("12025550151", "US.9") is None


def test_the_phone_page_offers_the_businesss_customers(
    sessions: Any, database_url: str, settings: Settings
) -> None:
    with sessions.begin() as session:
        customer(session, "Tom", "12025550152", business_id="c2", language="en")
        customer(session, "Mara", PHONE, business_id="c1", language="de")
        customer(session, "Stranger", "12025550153")
        customer(session, "Gone", "12025550154", business_id="c4", removed_at=NOON)
    directory = Directory(replace(settings, database_url=database_url))
    assert directory.contacts() == [
        {"name": "Mara", "phone": PHONE, "language": "de"},
        {"name": "Tom", "phone": "12025550152", "language": "en"},
    ]


@pytest.mark.parametrize("url", [None, "postgresql://nobody@127.0.0.1:1/none"])
def test_without_a_database_it_knows_nobody_and_goes_on(
    settings: Settings, url: str | None
) -> None:
    directory = Directory(replace(settings, database_url=url))
    assert directory.last_seen_at(PHONE, None) is None
    assert directory.contacts() == []
