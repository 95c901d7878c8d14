"""What an erased customer had ended stays ended: kept by hash, and told again when the address comes back.

A hash of a telephone number is a pseudonym, not anonymity: whoever has the database can try all numbers. It is what
the law leaves to a business that must not forget that somebody said no (GDPR 17(3)(b), 21(3)).
"""

from __future__ import annotations

import hashlib
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from rapport.consent import ledger
from rapport.db.consent import Suppression
from rapport.vocabulary import ConsentState


def hash_of(kind: str, value: str) -> str:
    """The hash of a canonical name of a person (`customers.names`)."""
    return hashlib.sha256(f"rapport:{kind}:{value}".encode()).hexdigest()


def keep(session: Session, hashes: list[str], topics: list[str], at: datetime) -> None:
    """Nothing about these topics to these addresses; the newest moment counts."""
    rows = [
        {"identity_hash": hashed, "topic": topic, "at": at} for hashed in hashes for topic in topics
    ]
    if rows:
        new = insert(Suppression).values(rows)
        session.execute(
            new.on_conflict_do_update(
                index_elements=["identity_hash", "topic"],
                set_={"at": sa.func.greatest(Suppression.at, new.excluded.at)},
            )
        )


def tell(session: Session, held: list[tuple[int, str, str]], now: datetime) -> None:
    """Write what stays ended for these addresses into the ledgers of the customers who have them now.

    `held`: customer, kind and canonical value of each name. One query when nothing is kept.
    """
    owners = {hash_of(kind, value): customer_id for customer_id, kind, value in held}
    kept = sa.select(Suppression).where(Suppression.identity_hash.in_(list(owners)))
    statements = [
        ledger.Statement(
            customer_id=owners[row.identity_hash],
            topic=row.topic,
            state=ConsentState.OUT,
            method=ledger.SUPPRESSION,
            origin=f"suppression:{row.identity_hash}:{owners[row.identity_hash]}",
            at=row.at,
        )
        for row in session.scalars(kept)
    ]
    ledger.record_all(session, statements, now)
