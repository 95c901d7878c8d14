"""Which of several named things a message means: exact name or alias first, then typing slips. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from rapidfuzz import fuzz

ENOUGH = 0.4
"""Share of a name (by letters) that has to be there, unless a word names only one of all: "lamp" is
0.44 of "trail lamp"."""
SLIP = 80
"""rapidfuzz's ratio above which a word of four letters or more counts as the same, misspelt."""
HEAD = 5
"""So many letters at the end of a compound name the thing: "Kocher" for the "Campingkocher"."""
ENCLITIC = "nya"
"""Indonesian's "its" or "the", written onto the word: "termosnya"."""
LATIN_MARKS = re.compile("[\u0300-\u036f]")
WORD = re.compile(r"[\w\u0900-\u0963]+")
"""Python's `\\w` lacks the vowel signs without which a Hindi word falls apart."""
Score = tuple[int, bool]
NOTHING: Score = (0, False)
SHORT = """
the and for with your our you set one pro new per all any can did get got has had how its may not now off old out own
see two use was way who why yes are but end big low top max day buy let put say try und der die das den dem ein mit von
los las del con por una que mas dos com uma para dan ini itu ada apa dari yang hai kya aur mein
"""
FILLERS = frozenset(SHORT.split())
"""Short words that are said of everything; "rug" is a product, "and" is none."""


def meant(text: str, names: Mapping[str, Sequence[str]]) -> list[str]:
    """Keys of the names the text most likely means: one, several that tie, or none.

    The name that explains most letters of the text wins, a whole name over a part of one.
    """
    said = words(text)
    return _likeliest(said, names) or _likeliest(_compounds(said, names), names)


def named(text: str, names: Mapping[str, Sequence[str]]) -> list[str]:
    """Keys whose whole name is in the text, each by words of its own: "the lamp and the stove"."""
    said = words(text)
    wholes = {
        key: max(
            (set(words(v)) for v in variants if _is_whole(said, words(v))), key=len, default=set()
        )
        for key, variants in names.items()
    }
    found = {key: own for key, own in wholes.items() if own}
    return [
        key
        for key, own in found.items()
        if not any(own <= other for rival, other in found.items() if rival != key)
    ]


def picked(text: str, names: Mapping[str, Sequence[str]]) -> str | None:
    """The one of a few offered names that the text singles out by any word of its own, "44" included."""
    said = words(text)
    return _only_one(said, names) or _only_one(_compounds(said, names), names)


def nearest(text: str, names: Mapping[str, Sequence[str]]) -> list[str]:
    """All keys, those first of which a name looks most like the text."""
    said = " ".join(words(text))

    def likeness(key: str) -> float:
        return max(fuzz.token_set_ratio(said, " ".join(words(name))) for name in names[key])

    return sorted(names, key=likeness, reverse=True)


def is_no_more_than(text: str, phrases: Sequence[str], soft: str) -> bool:
    """Whether a text is one of the phrases, with none but soft words around it."""
    said, spare = words(text), set(words(soft))
    return any(
        _has(said, known) and set(said) - set(known) <= spare for known in map(words, phrases)
    )


def unrefused(text: str, negations: set[str], contrasts: set[str]) -> str:
    """The text without the clauses that say no, as long as others are left: "not the lamp, the stove".

    `negations` and `contrasts` ("but") are words as `words` folds them.
    """
    clauses = [""]
    for word in re.findall(r"\S+", text):
        if set(words(word)) & contrasts:
            clauses.append("")
            continue
        clauses[-1] += f" {word}"
        clauses += [""] * word.endswith(tuple(",;.!?…"))
    kept = [clause.strip() for clause in clauses if not set(words(clause)) & negations]
    return " ".join(filter(None, kept)) or text


def words(text: str) -> list[str]:
    """Words in lower case, without accents and punctuation."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return WORD.findall(LATIN_MARKS.sub("", plain))


def _has(said: list[str], phrase: list[str]) -> bool:
    return bool(phrase) and any(said[at : at + len(phrase)] == phrase for at in range(len(said)))


def _holders(names: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """How many of the names have a word."""
    holders: dict[str, int] = {}
    for variants in names.values():
        for word in {word for variant in variants for word in words(variant)}:
            holders[word] = holders.get(word, 0) + 1
    return holders


def _likeliest(said: list[str], names: Mapping[str, Sequence[str]]) -> list[str]:
    holders = _holders(names)
    scores = {key: _score(said, variants, holders) for key, variants in names.items()}
    best = max(scores.values(), default=NOTHING)
    return [key for key, score in scores.items() if score == best] if best != NOTHING else []


def _only_one(said: list[str], names: Mapping[str, Sequence[str]]) -> str | None:
    holders = _holders(names)
    own = {
        key
        for key, variants in names.items()
        if any(holders[word] == 1 for v in variants for word in words(v) if word in said)
    }
    return own.pop() if len(own) == 1 else None


def _compounds(said: list[str], names: Mapping[str, Sequence[str]]) -> list[str]:
    """Words of the names that end in a word of the text."""
    heads = tuple(word for word in said if len(word) >= HEAD)
    return [word for word in _holders(names) if word.endswith(heads) and word not in heads]


def _score(said: list[str], variants: Sequence[str], holders: Mapping[str, int]) -> Score:
    return max((_variant_score(said, words(v), holders) for v in variants), default=NOTHING)


def _variant_score(said: list[str], name: list[str], holders: Mapping[str, int]) -> Score:
    hits = [word for word in name if any(is_same(word, heard) for heard in said)]
    telling = [word for word in hits if len(word) > 2 and word not in FILLERS]
    is_whole = _is_whole(said, name)
    explained = sum(map(len, hits))
    share = explained / max(1, sum(map(len, name)))
    is_only_one = any(holders[word] == 1 for word in telling)
    if is_whole or (telling and (share >= ENOUGH or is_only_one)):
        return explained, is_whole
    return NOTHING


def _is_whole(said: list[str], name: list[str]) -> bool:
    return bool(name) and all(any(is_same(word, heard) for heard in said) for word in name)


def is_same(word: str, heard: str) -> bool:
    """Whether two folded words are one, in the plural or misspelt."""
    if word in {heard, heard.removesuffix(ENCLITIC)} or word.rstrip("s") == heard.rstrip("s") != "":
        return True
    shorter, longer = sorted((len(word), len(heard)))
    if shorter < 4 or longer - shorter > (shorter > 4) + 1 or word[0] != heard[0]:
        return False
    return fuzz.ratio(word, heard) >= SLIP
