"""On the wish list and off it: several at once, by name, by place, or all of it after a yes."""

from __future__ import annotations

import json
from dataclasses import replace

from actions import answers, tell_me
from actions.order_status import ordinal
from actions.products import (
    ROWS,
    ProductSkill,
    ask_which,
    chosen_of,
    in_order,
    meant,
    question_of,
    row,
    subject_of,
    unknown_words,
)
from actions.skill import Button, Context, Question, Reply
from rapport.customers import catalogue, naming, wishes
from rapport.customers.catalogue import ProductFacts

ORDINARY = "words.about_wishlist"
ADDED, REMOVED, ALL = "added", "removed", "all"


class WishlistAdd(ProductSkill):
    """Put on the list at once; news of it is asked about when it was not agreed to before."""

    intent = "wishlist_add"
    needs_history = True

    def answer(self, context: Context) -> Reply:
        """The products meant go on the list."""
        several = catalogue.named(context.turn.session, context.heard.text)
        found = several if len(several) > 1 else meant(context, ORDINARY)
        if len(found) != 1 and not several:
            return ask_which(context, found, self.intent, ORDINARY)
        return self._put(context, found)

    def resume(self, context: Context, question: Question) -> Reply | None:
        """Which product; news of it or not; "no, the other one"."""
        if question.asks != ADDED:
            return super().resume(context, question)
        others = another(context, question)
        if others:
            take_off(context, question.about["products"])
            listed_again = len(others) > 1
            return (
                ask_which(context, others, self.intent)
                if listed_again
                else self._put(context, others)
            )
        verdict = answers.verdict(context, self.intent)
        if verdict is None or not question.about["shown"]:
            return None
        if verdict is False:
            return Reply(context.say("deny"))
        tell_me.agree(context, question.about["shown"])
        return Reply(context.say("wishlist.news_on"))

    def remind(self, context: Context, question: Question) -> Reply | None:
        """Which product, or whether news of it are wanted, once more."""
        if question.asks != ADDED:
            return super().remind(context, question)
        if not question.about["shown"]:
            return None
        return Reply(context.say("wishlist.news"), news_buttons(context))

    def _put(self, context: Context, products: list[ProductFacts]) -> Reply:
        wished = wishlist_of(context)
        new = [product for product in products if product not in wished]
        ids = [product.product_id for product in new]
        turn, customer_id = context.turn, context.profile.customer_id
        wishes.put(turn.session, customer_id, ids, turn.now)
        subject = subject_of(products[0])
        if not new:
            return Reply(
                context.say("wishlist.already", products=listed(products)), subject=subject
            )
        text = context.say("wishlist.added", products=listed(new))
        about = {"products": ids, "of": offered_before(context), "shown": ""}
        if tell_me.agreed(context):
            return Reply(text, question=Question(self.intent, ADDED, about), subject=subject)
        about["shown"] = f"{text} {context.say('wishlist.news')}"
        question = Question(self.intent, ADDED, about)
        return Reply(about["shown"], news_buttons(context), question, subject)


class WishlistRemove(ProductSkill):
    """Taken off at once and put back by a tap; all of it only after a yes."""

    intent = "wishlist_remove"
    needs_history = True

    def answer(self, context: Context) -> Reply:
        """The products meant come off the list."""
        wished = wishlist_of(context)
        if not wished:
            return Reply(context.say("wishlist.empty"))
        found = wished_for(context, wished)
        if found:
            return self._take(context, found)
        if not context.heard.is_exact and context.says_any("words.all"):
            return self._all(context, wished)
        strange = unknown_words(context, ORDINARY)
        key = "wishlist.not_on_it" if strange else "wishlist.which_off"
        rows = tuple(row(context, product, self.intent) for product in wished[:ROWS])
        return Reply(context.say(key), rows, question_of(context, wished, self.intent))

    def resume(self, context: Context, question: Question) -> Reply | None:
        """Which product; all or not; "no, the other one"."""
        if question.asks == ALL:
            return self._sure(context, question)
        if question.asks != REMOVED:
            return super().resume(context, question)
        others = another(context, question)
        is_no = answers.verdict(context, self.intent) is False
        if not others and not is_no:
            return None
        back = put_back(context, question.about["products"])
        if not others:
            return Reply(context.say("wishlist.added", products=listed(back)))
        is_one = len(others) == 1
        return self._take(context, others) if is_one else ask_which(context, others, self.intent)

    def remind(self, context: Context, question: Question) -> Reply | None:
        """Which product, or whether all shall go, once more."""
        if question.asks == ALL:
            wished = in_order(context, question.about["products"])
            return Reply(all_sure(context, wished), all_buttons(context))
        return super().remind(context, question)

    def _take(self, context: Context, products: list[ProductFacts]) -> Reply:
        ids = [product.product_id for product in products]
        on_list = [product.product_id for product in wishlist_of(context)]
        take_off(context, ids)
        back = {"product_id": ids[0]}
        buttons: tuple[Button, ...] = ()
        if len(ids) == 1:
            buttons = (context.button("button.put_back", f"/wishlist_add{json.dumps(back)}"),)
        question = Question(self.intent, REMOVED, {"products": ids, "of": on_list})
        text = context.say("wishlist.removed", products=listed(products))
        return Reply(text, buttons, question, subject_of(products[0]))

    def _all(self, context: Context, wished: list[ProductFacts]) -> Reply:
        ids = [product.product_id for product in wished]
        question = Question(self.intent, ALL, {"products": ids})
        return Reply(all_sure(context, wished), all_buttons(context), question)

    def _sure(self, context: Context, question: Question) -> Reply | None:
        named = wished_for(context, wishlist_of(context))
        if named and answers.may_answer(context, self.intent):
            return self._take(context, named)
        verdict = answers.verdict(context, self.intent)
        if verdict is None:
            return None
        if verdict:
            take_off(context, question.about["products"])
            return Reply(context.say("wishlist.emptied"))
        return Reply(context.say("wishlist.left"))


def wishlist_of(context: Context) -> list[ProductFacts]:
    """The wish list, newest first."""
    return catalogue.wishlist(context.turn.session, context.profile.customer_id)


def wished_for(context: Context, wished: list[ProductFacts]) -> list[ProductFacts]:
    """Those of the wish list that are meant: tapped, named (one or several), by place, or just spoken of."""
    by_id = {product.product_id: product for product in wished}
    tapped = context.heard.entities.get("product_id")
    if tapped:
        return [by_id[tapped]] if tapped in by_id else []
    names = {product.product_id: [product.name, *product.aliases] for product in wished}
    several, likely = (
        naming.named(context.heard.text, names),
        naming.meant(context.heard.text, names),
    )
    if several or likely:
        chosen = several if len(several) > 1 else likely
        return [by_id[key] for key in chosen] if chosen is several or len(chosen) == 1 else []
    place = place_in(context, len(wished))
    if place is not None:
        return [wished[place]]
    return by_pronoun(context, wished)


def place_in(context: Context, count: int) -> int | None:
    """The place that a whole sentence names: "take the second one off my list"."""
    places = context.words("words.ordinals")
    said = " ".join(word for word in naming.words(context.heard.text) if word in places)
    return ordinal(replace(context, heard=replace(context.heard, text=said)), count)


def by_pronoun(context: Context, wished: list[ProductFacts]) -> list[ProductFacts]:
    """ "Take it off": the one spoken of, the only one there is."""
    if unknown_words(context, ORDINARY) or context.says_any("words.all"):
        return []
    spoken_of = [p for p in wished if p.product_id == context.subject.get("product_id")]
    return spoken_of or (wished if len(wished) == 1 else [])


def another(context: Context, question: Question) -> list[ProductFacts]:
    """The other product that is meant after a change, or those that "the other one" may be."""
    is_other = answers.wants_another(context)
    if not (answers.starts_with_no(context) or is_other):
        return []
    done = question.about["products"]
    left = [product_id for product_id in question.about["of"] if product_id not in done]
    session = context.turn.session
    named = [product.product_id for product in catalogue.find(session, context.heard.text)]
    chosen = chosen_of(context, left)
    wanted = [chosen] if chosen else named or (left if is_other else [])
    return in_order(context, [one for one in wanted if one not in done])


def offered_before(context: Context) -> list[str]:
    """The products that the list before offered, or of which one was spoken of."""
    before = context.question_before
    offered = before.about.get("products", []) if before else []
    return list(offered or context.subject.get("of", []))


def take_off(context: Context, ids: list[str]) -> None:
    """These come off the list."""
    wishes.take(context.turn.session, context.profile.customer_id, ids, context.turn.now)


def put_back(context: Context, ids: list[str]) -> list[ProductFacts]:
    """These are on the list again."""
    wishes.put(context.turn.session, context.profile.customer_id, ids, context.turn.now)
    return in_order(context, ids)


def listed(products: list[ProductFacts]) -> str:
    """ "Rain jacket, Tent"."""
    return ", ".join(product.name for product in products)


def all_sure(context: Context, wished: list[ProductFacts]) -> str:
    """Shall all of it go."""
    if len(wished) == 1:
        return context.say("wishlist.all_sure_one", products=listed(wished))
    return context.say("wishlist.all_sure", count=len(wished), products=listed(wished))


def all_buttons(context: Context) -> tuple[Button, ...]:
    """Empty it, or keep it."""
    return (
        context.button("button.empty_it", "/affirm"),
        context.button("button.leave_it", "/deny"),
    )


def news_buttons(context: Context) -> tuple[Button, ...]:
    """News of it, or not."""
    return (
        context.button("button.tell_me", "/affirm"),
        context.button("button.no_thanks", "/deny"),
    )
