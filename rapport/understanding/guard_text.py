"""How the stop guard sees a message: one spelling for what people mean to be the same."""

from __future__ import annotations

import re

from rapport.consent import keywords


def undisguised(text: str) -> str:
    """`text` with foreign look-alikes inside Latin words (Cyrillic "о", "0") turned into the letters they play.

    Of a very long message the beginning and the end remain: that is where people say what they want.
    """
    if len(text) > 2 * _HALF:
        text = f"{text[:_HALF]} {text[-_HALF:]}"
    plain = _HEARD_TOGETHER.sub("", text).replace("🛑", " stop ")
    if not plain.isascii():
        plain = _MIXED.sub(lambda word: word[0].translate(_LOOKALIKES), plain)
    return _LEET.sub(lambda sign: _LEET_LETTERS[sign[0]], plain)


def normalised(text: str) -> str:
    """Folded words (see `keywords.folded_words`), doubled letters single so that stretching changes nothing,
    and every long number alike."""
    said = " ".join(keywords.folded_words(undisguised(text)))
    return _DOUBLED.sub(r"\1", _LONG_NUMBER.sub("0", said))


def is_question(text: str) -> bool:
    """Whether a question mark of any script stands in `text`."""
    return any(mark in text for mark in "?？؟¿")


_HALF = 600
_HEARD_TOGETHER = re.compile(r"(?<=\w)['’‘`´](?=\w)")
_DOUBLED = re.compile(r"([^\W\d_])\1+")
_LONG_NUMBER = re.compile(r"\d{3,}")
_MIXED = re.compile(r"\w*(?:[A-Za-z][\u0370-\u04ff]|[\u0370-\u04ff][A-Za-z])\w*")
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁпкмтвАЕОРСУХІЈЅКМТВНαοερτυινκ",
    "aeopcyxijsdnkmtbAEOPCYXIJSKMTBHaoeptuivk",
)
_LEET = re.compile(r"(?<=[A-Za-z])[01345@$](?=[A-Za-z])")
_LEET_LETTERS = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "@": "a", "$": "s"}
