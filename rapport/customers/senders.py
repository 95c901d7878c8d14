"""Who wrote the messages of a webhook: known people are found by one query, strangers made by two more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from rapport.customers import identity, names
from rapport.customers.names import Holder, Name
from rapport.db.customers import Customer
from rapport.vocabulary import CustomerId
from rapport.whatsapp.webhook import Sender

Names = tuple[Name, ...]


def meet(session: Session, senders: Sequence[Sender], now: datetime) -> list[CustomerId]:
    """The customers of the first of these senders, of one at least; who was unknown is a customer now.

    Ends before somebody of whom there is something to learn, which may make one customer of two: rows
    for those before must be written first. Such a sender, when first, is met alone.
    """
    given = [tuple(names.given(sender.bsuid, sender.phone)) for sender in senders]
    held = names.holders(session, list(dict.fromkeys(name for own in given for name in own)))
    plain = _plain(given, held)
    customers = {own: held[own[0]].customer_id for own in plain if own[0] in held}
    strangers = [own for own in dict.fromkeys(plain) if own not in customers]
    if not plain or not _introduce(session, strangers, customers, now):
        return [_alone(session, senders[0], now)]
    met = [customers[own] for own in plain]
    _keep_profile_names(session, met, senders, held)
    return met


def _alone(session: Session, sender: Sender, now: datetime) -> CustomerId:
    return identity.find_or_create(
        session, bsuid=sender.bsuid, phone=sender.phone, profile_name=sender.profile_name, now=now
    )


def _plain(given: list[Names], held: dict[Name, Holder]) -> list[Names]:
    """The names of the first senders, as long as they teach us nothing about each other."""
    plain: list[Names] = []
    owners: dict[tuple[str, str], Names] = {}
    for own in given:
        is_new = not any(name in held for name in own)
        alike = {owners.setdefault((name.kind, name.value), own) for name in own} <= {own}
        if not own or not alike or not (is_new or _is_settled(own, held)):
            break
        plain.append(own)
    return plain


def _is_settled(own: Names, held: dict[Name, Holder]) -> bool:
    found = [held[name] for name in own if name in held]
    is_whole = len(found) == len(own) and len({holder.customer_id for holder in found}) == 1
    return is_whole and all(held[name].address == name.address for name in own)


def _introduce(
    session: Session, strangers: list[Names], customers: dict[Names, CustomerId], now: datetime
) -> bool:
    """Make a customer of each; False, with nothing done, when another transaction was quicker."""
    made = identity.create(session, [list(own) for own in strangers], now) if strangers else []
    customers |= dict(zip(strangers, made, strict=False))
    return len(made) == len(strangers)


def _keep_profile_names(
    session: Session, met: list[CustomerId], senders: Sequence[Sender], held: dict[Name, Holder]
) -> None:
    """The last one of each customer, where it is another than we have."""
    known = {holder.customer_id: holder.profile_name for holder in held.values()}
    pairs = zip(met, senders, strict=False)
    told = {
        customer_id: sender.profile_name for customer_id, sender in pairs if sender.profile_name
    }
    changed = [(id_, name) for id_, name in sorted(told.items()) if known.get(id_) != name]
    if changed:
        columns = sa.column("id", sa.BigInteger), sa.column("profile_name", sa.Text)
        new = sa.values(*columns, name="new").data(changed)
        keep = sa.update(Customer).where(Customer.id == new.c.id)
        session.execute(
            keep.values(profile_name=new.c.profile_name), execution_options=names.QUIETLY
        )
