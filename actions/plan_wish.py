"""Which plan is wanted: by name, by size, "the cheaper one", "the one you recommended"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from actions import correction, plans, wish
from actions.skill import Context
from rapport.customers import naming, offers
from rapport.customers.history_account import DataPlan
from rapport.customers.tariffs import Tariff
from rapport.wording import MB_PER_GB

SIZE = re.compile(
    r"(?<![\w.,])(\d{1,4}(?:[.,]\d)?)\s?-?(?:gb|gigs?|gigabytes?|gigas?|g|जीबी|गीगा\S*)(?![^\W_])",
    re.I,
)
NUMBER = re.compile(r"(?<![\w.,/])(\d{1,4})(?![\w.,/])")


@dataclass(frozen=True)
class Wish:
    """The plans a message may mean. `size`: gigabytes that were asked for and that no plan has."""

    plans: tuple[Tariff, ...] = ()
    size: str | None = None


def wanted(
    context: Context, on_sale: list[Tariff], own: DataPlan | None, asked: Tariff | None = None
) -> Wish:
    """What the message asks for, seen from the plan that is spoken of (`asked`), else the customer's own."""
    tapped = context.heard.entities.get("plan_id")
    if tapped:
        return Wish(tuple(plan for plan in on_sale if plan.plan_id == tapped))
    current = own.tariff if own else None
    named = by_name(context, on_sale, current, asked) or by_number(context, on_sale)
    if named:
        return Wish(tuple(named))
    size = SIZE.search(context.heard.text)
    if size:
        return Wish(size=size[1])
    meant = by_relation(context, on_sale, own, asked or current)
    return Wish((meant,) if meant else ())


def by_name(
    context: Context, on_sale: list[Tariff], current: Tariff | None, asked: Tariff | None
) -> list[Tariff]:
    """Plans by their names; of several, the one that is news: "from Start 5 to Plus 10"."""
    text = correction.wanted(context)
    names = {plan.plan_id: [plan.name, *_short(plan, on_sale, text)] for plan in on_sale}
    keys = naming.named(text, names) or naming.meant(text, names)
    found = [plan for plan in on_sale if plan.plan_id in keys]
    news = [plan for plan in found if plan not in {current, asked}]
    return news if len(found) > 1 and news else found


def _short(plan: Tariff, on_sale: list[Tariff], text: str) -> list[str]:
    """ "Max" of "Max 40" where no other plan begins like it, and no number makes another name of it: "Max 9000"."""
    first = plan.name.split()[0]
    if re.search(rf"\b{re.escape(first)}\s+\d", text, re.IGNORECASE) and not SIZE.search(text):
        return []
    begins = [other for other in on_sale if other.name.split()[0] == first]
    return [first] if len(begins) == 1 and first.isalpha() else []


def by_number(context: Context, on_sale: list[Tariff]) -> list[Tariff]:
    """ "The 40 GB one", "the unlimited one", "the 40 one"."""
    bare = [] if SIZE.search(context.heard.text) else NUMBER.findall(context.heard.text)
    return by_size(context, on_sale) or _of_size(on_sale, bare)


def by_size(context: Context, on_sale: list[Tariff]) -> list[Tariff]:
    """Plans with as many gigabytes as the message says, or without a limit."""
    if wish.says(context, "words.unlimited"):
        return [plan for plan in on_sale if plan.data_mb is None]
    return _of_size(on_sale, SIZE.findall(context.heard.text))


def _of_size(on_sale: list[Tariff], sizes: list[str]) -> list[Tariff]:
    wanted_mb = {float(size.replace(",", ".")) * MB_PER_GB for size in sizes}
    return [plan for plan in on_sale if plan.data_mb is not None and plan.data_mb in wanted_mb]


def by_relation(
    context: Context, on_sale: list[Tariff], own: DataPlan | None, base: Tariff | None
) -> Tariff | None:
    """The recommended one, or the next one up or down from `base` (the last one for "the cheapest")."""
    best = recommended(context, on_sale, own)
    if wish.says(context, "words.recommended"):
        return best
    is_down = wish.says(context, "words.cheaper")
    if base is None or not (is_down or wish.says(context, "words.bigger")):
        return None
    down = [p for p in on_sale if p.price.amount < base.price.amount]
    up = [p for p in on_sale if p.price.amount > base.price.amount]
    there = down[::-1] if is_down else up
    if wish.says(context, "words.most"):
        return there[-1] if there else base
    return best if best in there else there[0] if there else base


def recommended(context: Context, on_sale: list[Tariff], own: DataPlan | None) -> Tariff | None:
    """The plan of the newest offer that was made, else the one that would suit best; None without either."""
    made = offers.recent(context.turn.session, context.profile.customer_id, context.turn.now)
    keys = [offer.key for offer in made if offer.about == offers.PLAN]
    found = next((plan for plan in on_sale if keys and plan.plan_id == keys[0]), None)
    advice = plans.recommendation(context, own) if own and found is None else None
    return advice.best if advice else found
