"""Who writes: from WhatsApp's names for a person to our customer, and what we learn from it.

The BSUID comes first and the phone second; whatever is new is learned, what is no longer true stays
as history. The unique index over the names in force decides between two transactions that meet the
same stranger at once.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from rapport.customers import merge, names
from rapport.customers.names import BSUID, PHONE, QUIETLY, Holder, Name, canonical_phone
from rapport.db.conversation import Conversation
from rapport.db.customers import Customer, Identity
from rapport.vocabulary import CustomerId

__all__ = ["address_of", "canonical_phone", "change", "create", "find", "find_or_create", "take"]


def find(
    session: Session, *, bsuid: str | None = None, phone: str | None = None
) -> CustomerId | None:
    """The customer of these names, the BSUID's before the phone's; None when nobody has them."""
    given = names.given(bsuid, phone)
    held = names.holders(session, given)
    return next((held[name].customer_id for name in given if name in held), None)


def find_or_create(
    session: Session,
    *,
    bsuid: str | None,
    phone: str | None,
    profile_name: str | None,
    now: datetime,
) -> CustomerId:
    """The customer of these names, a new one unknown to the business when nobody has them.

    Learns the other name. A person who was met under both names apart becomes one customer. Raises
    ValueError without any name.
    """
    given = names.given(bsuid, phone)
    if not given:
        raise ValueError("a sender has a phone number or a business-scoped user id")
    held = names.holders(session, given)
    while not held:
        create(session, [given], now)
        held = names.holders(session, given)
    customer_id = _learn(session, given, held, now)
    _keep_profile_name(session, customer_id, profile_name)
    return customer_id


def change(
    session: Session,
    *,
    old_phone: str | None,
    new_phone: str | None,
    old_bsuid: str | None,
    new_bsuid: str | None,
    at: datetime,
    now: datetime,
) -> CustomerId | None:
    """The customer who changed their phone number or user id; None when we do not know them.

    The customer stays the same and the old name stays as history. Where the new name already belongs to
    another row, the customer known to the business keeps both; between two known ones the newer
    statement counts. A repeated report changes nothing.
    """
    old, new = names.given(old_bsuid, old_phone), names.given(new_bsuid, new_phone)
    done = _who_got(session, new, at)
    if done is not None:
        return done
    customer_id = _who_had(session, old, at) or find(session, bsuid=new_bsuid, phone=new_phone)
    if customer_id is None:
        return None
    for name in new:
        customer_id = take(session, customer_id, name, at, now)
    if new_phone and not new_bsuid:
        # Meta makes a new user id when the number changes; the old one is nobody's now.
        names.end(session, customer_id, BSUID, at)
    return customer_id


def create(session: Session, people: list[list[Name]], now: datetime) -> list[CustomerId]:
    """A customer for each of these people without one; none when another transaction has one of the names."""
    savepoint = session.begin_nested()
    rows = [{"created_at": now} for _ in people]
    made = session.scalars(sa.insert(Customer).values(rows).returning(Customer.id)).all()
    owned = [(id_, name) for id_, own in zip(made, people, strict=True) for name in own]
    # In one order everywhere, lest two transactions wait for each other.
    owned.sort(key=lambda row: (row[1].kind, row[1].value))
    if names.add_all(session, owned, now) == len(owned):
        savepoint.commit()
        return list(made)
    savepoint.rollback()
    return []


def address_of(session: Session, customer_id: int) -> tuple[str | None, str | None]:
    """(phone digits to send to, BSUID) in force, None for what we do not know."""
    rows = session.execute(
        sa.select(Identity.kind, Identity.address)
        .where(Identity.customer_id == customer_id, Identity.valid_until.is_(None))
        .order_by(Identity.valid_from, Identity.id)
    )
    newest = {row.kind: row.address for row in rows}
    return newest.get(PHONE), newest.get(BSUID)


def take(
    session: Session, customer_id: CustomerId, name: Name, at: datetime, now: datetime
) -> CustomerId:
    """Give a name to a customer from `at` on; the customer who has it afterwards (see `change`)."""
    holder = names.holders(session, [name]).get(name)
    if holder is None or holder.customer_id == customer_id:
        names.hold(session, customer_id, name, at)
    elif not holder.is_known:
        merge.merge(session, loser=holder.customer_id, winner=customer_id)
        names.hold(session, customer_id, name, at)
    elif not _is_known(session, customer_id):
        merge.merge(session, loser=customer_id, winner=holder.customer_id)
        return holder.customer_id
    elif holder.since > at:
        names.end(session, customer_id, name.kind, at)
    else:
        merge.carry_withdrawals(session, source=holder.customer_id, target=customer_id, now=now)
        names.end(session, holder.customer_id, name.kind, at)
        names.hold(session, customer_id, name, at)
    return customer_id


def _learn(
    session: Session, given: list[Name], held: dict[Name, Holder], now: datetime
) -> CustomerId:
    """The customer behind the names, who holds all of them afterwards."""
    found = [held[name] for name in given if name in held]
    if len({holder.customer_id for holder in found}) > 1:
        by_bsuid, by_phone = found
        return _reconcile(session, given, by_bsuid, by_phone, now)
    customer_id = found[0].customer_id
    for name in given:
        if name not in held:
            _learn_name(session, customer_id, name, now)
        elif held[name].address != name.address:
            names.readdress(session, name)
    return customer_id


def _reconcile(
    session: Session, given: list[Name], by_bsuid: Holder, by_phone: Holder, now: datetime
) -> CustomerId:
    """One customer out of two: the one known to the business; of two known ones the one met last."""
    if by_bsuid.is_known and by_phone.is_known:
        if by_phone.since <= by_bsuid.since:
            return by_bsuid.customer_id
        names.end(session, by_bsuid.customer_id, BSUID, now)
        _learn_name(session, by_phone.customer_id, given[0], now)
        return by_phone.customer_id
    winner, loser = (by_phone, by_bsuid) if by_phone.is_known else (by_bsuid, by_phone)
    merge.merge(session, loser=loser.customer_id, winner=winner.customer_id)
    for name in given:
        _learn_name(session, winner.customer_id, name, now)
    return winner.customer_id


def _learn_name(session: Session, customer_id: CustomerId, name: Name, now: datetime) -> None:
    """A user id replaced without Meta's notice may be a new owner of the number: no account figures for them."""
    replaced = names.hold(session, customer_id, name, now)
    if replaced and name.kind == BSUID:
        doubt = sa.update(Customer).where(Customer.id == customer_id).values(is_verified=False)
        session.execute(doubt, execution_options=QUIETLY)
        forget = sa.update(Conversation).where(Conversation.customer_id == customer_id)
        session.execute(forget.values(verified_until=None), execution_options=QUIETLY)


def _who_got(session: Session, new: list[Name], at: datetime) -> CustomerId | None:
    """Who got one of these names at exactly this instant: the report was seen before."""
    if not new:
        return None
    return session.execute(
        sa.select(Identity.customer_id)
        .where(names.is_any(new), Identity.valid_from == at)
        .order_by(Identity.kind, Identity.id)
        .limit(1)
    ).scalar()


def _who_had(session: Session, old: list[Name], at: datetime) -> CustomerId | None:
    """Who had one of these names at that time, or has had it since; the BSUID's holder first."""
    if not old:
        return None
    return session.execute(
        sa.select(Identity.customer_id)
        .where(names.is_any(old))
        .order_by(Identity.kind, Identity.valid_from > at, Identity.valid_from.desc())
        .limit(1)
    ).scalar()


def _is_known(session: Session, customer_id: CustomerId) -> bool:
    business_id = sa.select(Customer.business_id).where(Customer.id == customer_id)
    return session.execute(business_id).scalar() is not None


def _keep_profile_name(session: Session, customer_id: CustomerId, profile_name: str | None) -> None:
    if profile_name:
        keep = (
            sa.update(Customer)
            .where(Customer.id == customer_id, Customer.profile_name.is_distinct_from(profile_name))
            .values(profile_name=profile_name)
        )
        session.execute(keep, execution_options=QUIETLY)
