"""Hindi in Devanagari, written as people type it in Latin letters: both scripts then share what is learnt."""

from __future__ import annotations

import re

SCHWA = "ə"
"""The vowel a bare consonant carries; whether it is spoken depends on what stands around it."""


def _table(pairs: str) -> dict[str, str]:
    """Of "कk खkh": each letter and what is typed for it."""
    return {pair[0]: pair[1:] for pair in pairs.split()}


CONSONANTS = _table(
    "कk खkh गg घgh ङn चch छch जj झjh ञn टt ठth डd ढdh णn तt थth दd धdh नn "
    "पp फph बb भbh मm यy रr लl वv शsh षsh सs हh ळl"
)
NUKTA = {"क": "k", "ख": "kh", "ग": "g", "ज": "z", "फ": "f", "ड": "d", "ढ": "dh"}
"""Consonants with a dot below them."""
VOWELS = _table("अa आa इi ईi उu ऊu ऋri एe ऐai ओo औau ऑo ॅe")
SIGNS = _table("ाa िi ीi ुu ूu ृri ेe ैai ोo ौau ॉo")
MARKS = {"ं": "n", "ँ": "n", "ः": "", "ऽ": "", "़": "", "्": ""}
LETTER = re.compile(r"([क-हळ])(़?)([ा-ौॉृ्]?)|([अ-औऑॅ])|([ंँःऽ़्ा-ौ])")
FINAL = re.compile(rf"(?<=[a-z]){SCHWA}\b")
REPEATED = re.compile(r"([^\W\d_])\1+")
SILENT = re.compile(
    rf"(?<=[aeiou{SCHWA}])([b-df-hj-np-tv-z]+){SCHWA}(?=[b-df-hj-np-tv-z]h?[aeiou])"
)


def romanised(text: str) -> str:
    """`text` with Devanagari in the Latin spelling usual in chats (करना is "karna"); the rest as it is.

    The vowel of a bare consonant is silent at the end of a word and between two syllables (Ohala 1983).
    """
    if not LETTER.search(text):
        return text
    spelled = FINAL.sub("", LETTER.sub(_letter, text))
    return SILENT.sub(r"\1", spelled).replace(SCHWA, "a")


def sounded(word: str) -> str:
    """`word` in one of the many spellings it has in chats: "acchi" and "achhi", "phir" and "fir" become one.

    Made for Hindi in Latin letters, which has no fixed spelling; in other languages it forgives doubled letters.
    """
    alike = word.replace("ee", "i").replace("oo", "u")
    return REPEATED.sub(r"\1", alike).replace("w", "v").replace("ph", "f")


def _letter(match: re.Match[str]) -> str:
    consonant, dot, sign, vowel, mark = match.groups()
    if consonant:
        sound = (
            NUKTA.get(consonant, CONSONANTS.get(consonant, ""))
            if dot
            else CONSONANTS.get(consonant, "")
        )
        return sound + (SIGNS.get(sign, "") if sign else SCHWA)
    return VOWELS.get(vowel, "") if vowel else MARKS.get(mark, SIGNS.get(mark, ""))
