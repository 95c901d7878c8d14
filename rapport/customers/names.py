"""WhatsApp's names for a person (phone, business-scoped user id) and whose they are, now and before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from rapport.db.customers import Customer, Identity
from rapport.vocabulary import CustomerId

BSUID, PHONE = "bsuid", "phone"


@dataclass(frozen=True)
class Name:
    """One name of a person: `value` is compared, `address` is sent to."""

    kind: str
    value: str
    address: str


@dataclass(frozen=True)
class Holder:
    """The customer a name belongs to at present, and since when."""

    customer_id: CustomerId
    is_known: bool  # to the business
    since: datetime
    address: str
    profile_name: str | None = None


def canonical_phone(digits: str) -> str:
    """The digits under which both spellings of a Mexican or Brazilian number meet.

    Meta (Cloud API, "Send messages"): the API may alter the extra prefix digit of these two countries, so
    the number written to and the one that answers can differ: Mexico 52 1 + 10 digits or 52 + 10 digits,
    Brazil 55 + area + 9 + 8 digits or the same without the 9 (mobiles begin with 6 to 9).
    """
    digits = re.sub(r"\D", "", digits)
    if re.fullmatch(r"521\d{10}", digits):
        return "52" + digits[3:]
    if re.fullmatch(r"55\d\d[6-9]\d{7}", digits):
        return digits[:4] + "9" + digits[4:]
    return digits


def given(bsuid: str | None, phone: str | None) -> list[Name]:
    """The names there are, always the BSUID first, lest two transactions wait for each other."""
    found = [Name(BSUID, bsuid, bsuid)] if bsuid else []
    digits = re.sub(r"\D", "", phone or "")
    return found + ([Name(PHONE, canonical_phone(digits), digits)] if digits else [])


def holders(session: Session, names: list[Name]) -> dict[Name, Holder]:
    """The present holder of each name that has one."""
    if not names:
        return {}
    rows = session.execute(
        sa.select(
            *(Identity.kind, Identity.value, Identity.customer_id, Identity.valid_from),
            *(Identity.address, Customer.business_id, Customer.profile_name),
        )
        .join(Customer, Customer.id == Identity.customer_id)
        .where(is_any(names), Identity.valid_until.is_(None))
    )
    found = {
        (row.kind, row.value): Holder(
            row.customer_id,
            row.business_id is not None,
            row.valid_from,
            row.address,
            row.profile_name,
        )
        for row in rows
    }
    return {
        name: found[name.kind, name.value] for name in names if (name.kind, name.value) in found
    }


def hold(session: Session, customer_id: CustomerId, name: Name, at: datetime) -> bool:
    """Put a free name in force for a customer; True when it replaced another one of its kind."""
    replaced = end(session, customer_id, name.kind, at, keep=name.value)
    add(session, customer_id, name, at)
    return replaced


def add(session: Session, customer_id: CustomerId, name: Name, at: datetime) -> bool:
    """True when the name is now the customer's, False when somebody has it already."""
    return add_all(session, [(customer_id, name)], at) == 1


def add_all(session: Session, owned: list[tuple[CustomerId, Name]], at: datetime) -> int:
    """Number of names that are now these customers', the others have somebody else already."""
    rows = [{"customer_id": id_, "valid_from": at, **vars(name)} for id_, name in owned]
    return int(session.execute(insert(Identity).values(rows).on_conflict_do_nothing()).rowcount)


def end(
    session: Session, customer_id: CustomerId, kind: str, at: datetime, keep: str | None = None
) -> bool:
    """End the customer's names of a kind, but for `keep`; True when there was one."""
    ending = (
        sa.update(Identity)
        .where(
            Identity.customer_id == customer_id,
            Identity.kind == kind,
            Identity.value.is_distinct_from(keep),
            Identity.valid_until.is_(None),
        )
        .values(valid_until=sa.func.greatest(Identity.valid_from, at))
    )
    return bool(session.execute(ending, execution_options=QUIETLY).rowcount)


def readdress(session: Session, name: Name) -> None:
    """Write to the spelling WhatsApp itself used last."""
    spelling = (
        sa.update(Identity)
        .where(is_any([name]), Identity.valid_until.is_(None))
        .values(address=name.address)
    )
    session.execute(spelling, execution_options=QUIETLY)


def is_any(names: list[Name]) -> Any:
    """Condition on Identity: one of these names."""
    return sa.tuple_(Identity.kind, Identity.value).in_([(name.kind, name.value) for name in names])


QUIETLY = {"synchronize_session": False}
