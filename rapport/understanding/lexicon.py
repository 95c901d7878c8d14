"""The words by which a language tells numbers, money and time: its table in `data/values` and Babel's names."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from babel.core import Locale

from rapport.understanding.language import DEFAULT, SPOKEN

FOLDER = Path(__file__).resolve().parents[2] / "data" / "values"
ALONE = ("(?<![^\\W_])(?<![\u0900-\u0963])(?:", ")(?![^\\W_])(?![\u0900-\u0963])")
"""Python's `\\w` lacks the vowel signs of Hindi."""
GAP = r"[\s\u2010-\u2013-]+"
GAPS = re.compile(GAP)
DROPPED = re.compile("[\u0300-\u036f\u093c\u200b-\u200f\ufe0f]")
TWO_SPELLINGS = {"ä": "ae", "ö": "oe", "ü": "ue"}
DIGIT, TOKEN = re.compile(r"\d"), re.compile(r"[\w\u0900-\u0963]+")
SPACED = re.compile(r"[^\s,.!?।]+")
PLACE = re.compile(r"\{([a-z_]+?)(\d?)\}")
DAYS = (
    *("ago", "weekday", "weekday_next_week", "weekday_last", "weekend", "unit_next", "unit_last"),
    *("unit_end", "unit_next_end", "date", "day_of_month", "day_of_next_month", "month", "noise"),
)
"""The kinds of templates that name a day; "noise" only looks like one."""
TEMPLATES = ("ahead", "clock", "rate", *DAYS)
LENGTH = ("{n} ?{unit}", "{single_unit}")


@dataclass(frozen=True)
class Folded:
    """A text without case and marks; `places`: where each of its characters stands in the original."""

    plain: str
    places: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original of a piece of the folded text."""
        return self.places[start], max(self.places[end - 1] + 1, self.places[end])


@dataclass(frozen=True)
class Found:
    """A phrase in a folded text: its kind and what its template caught, by name."""

    kind: str
    start: int
    end: int
    caught: Mapping[str, str]


@dataclass(frozen=True)
class Lexicon:
    """One language's tables; every word in them is folded."""

    language: str
    numbers: Mapping[str, float]
    multipliers: Mapping[str, int]
    joiners: frozenset[str]
    currencies: Mapping[str, str]
    units: Mapping[str, str]
    weekdays: Mapping[str, int]
    months: Mapping[str, int]
    days: Mapping[str, int]
    parts: Mapping[str, int]
    sets: Mapping[str, frozenset[str]]
    number: str
    token: re.Pattern[str]
    templates: Mapping[str, Sequence[re.Pattern[str]]]
    triggers: frozenset[str]
    day_names: re.Pattern[str]
    part_names: re.Pattern[str]
    more: Sequence[tuple[re.Pattern[str], re.Pattern[str]]]

    def is_past(self, plain: str) -> bool:
        """Whether a word says that something has already happened: "kal" is yesterday then."""
        return not self.sets["past_words"].isdisjoint(SPACED.findall(plain))

    def may_tell_time(self, plain: str) -> bool:
        """A quick look: False when nothing in a folded text can be a day or a time of day."""
        return bool(DIGIT.search(plain)) or not self.triggers.isdisjoint(TOKEN.findall(plain))

    def find(self, plain: str, kinds: Iterable[str]) -> Iterator[Found]:
        """Every match of the templates of those kinds, overlapping ones too."""
        for kind in kinds:
            for template in self.templates[kind]:
                for match in template.finditer(plain):
                    if match.end() > match.start():
                        yield Found(kind, match.start(), match.end(), _caught(match))


def fold(text: str) -> Folded:
    """Lower case without the marks of Latin letters and without nukta; chandrabindu is anusvara."""
    if text.isascii():
        return Folded(text.lower(), range(len(text) + 1))
    plain: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        for piece in _plain(char):
            plain.append(piece)
            places.append(place)
    return Folded("".join(plain), [*places, len(text)])


def flat(plain: str) -> str:
    """Words with one space between them, as the tables have them: "segunda-feira" is "segunda feira"."""
    return " ".join(GAPS.split(plain))


def tag(language: str | None) -> str:
    """The one of our languages that a BCP 47 tag names, English for any other."""
    primary = (language or DEFAULT).replace("_", "-").split("-")[0].lower()
    return primary if primary in SPOKEN else DEFAULT


@functools.cache
def lexicon(language: str) -> Lexicon:
    """The tables of one of `SPOKEN`."""
    table = yaml.safe_load((FOLDER / f"{language}.yml").read_text(encoding="utf-8"))
    numbers, multipliers = _words(table["numbers"]), _words(table["multipliers"])
    joiners = frozenset(_words(dict.fromkeys(table["joiners"], 1)))
    number = _number(numbers, multipliers, joiners, table.get("glued"))
    units, single = _words(table["units"]), _words(table.get("single_units", {}))
    names = _names(language, table)
    places = {
        "n": rf"(?:\d{{1,4}}(?:[.,]\d)?|{number})(?:{GAP}(?:of|de))?",
        "hour": rf"[01]?\d|2[0-4]|{any_of(numbers)}",
        "digit_hour": r"[01]?\d|2[0-4]",
        "minute": r"[0-5]\d",
        "day": r"\d{1,2}",
        "month_number": r"\d{1,2}",
        "year": r"\d{4}",
        "unit": any_of(units),
        **{key: any_of(words) for key, words in names.items()},
        "single_unit": any_of(single),
    }
    return Lexicon(
        language=language,
        numbers=numbers,
        multipliers=multipliers,
        joiners=joiners,
        currencies=_words(table["currencies"]),
        units={**units, **single},
        weekdays={**names["short_weekday"], **names["weekday"]},
        months=names["month"],
        days=_words(table["days"]),
        parts=_words(table["parts"]),
        sets=_sets(table),
        number=number,
        token=re.compile(rf"\d[\d.,]*|{any_of([*numbers, *multipliers, *joiners])}"),
        templates=_templates(table, places),
        triggers=_triggers(table, [units, single, *names.values(), numbers]),
        day_names=alone(any_of(_words(table["days"]))),
        part_names=alone(any_of(_words(table["parts"]))),
        more=[_around(each) for each in table["more"]],
    )


def alone(pattern: str) -> re.Pattern[str]:
    """A pattern that matches whole words only."""
    return re.compile(pattern.join(ALONE))


def _plain(char: str) -> str:
    folded = unicodedata.normalize("NFD", char.casefold()).replace("\u0901", "\u0902")
    return DROPPED.sub("", folded)


def _caught(match: re.Match[str]) -> dict[str, str]:
    caught = {}
    for name, value in match.groupdict().items():
        if value is not None:
            caught[re.sub(r"_?\d$", "", name)] = value
    return caught


def _words(table: Mapping[str, Any]) -> dict[str, Any]:
    return {spelt: value for word, value in table.items() for spelt in _spellings(str(word))}


def _spellings(word: str) -> set[str]:
    """ "für" is also written "fuer"."""
    apart = "".join(TWO_SPELLINGS.get(char, char) for char in word)
    return {flat(fold(word).plain), flat(fold(apart).plain)}


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of these words, the longest first; for none when there are none."""
    longest_first = sorted(set(words), key=lambda word: (-len(word), word))
    return "|".join(GAP.join(map(re.escape, word.split())) for word in longest_first) or "(?!)"


def _pattern(template: str) -> str:
    """A template's text as it has to be for folded text; a space stands for any gap between words."""
    for letter, apart in TWO_SPELLINGS.items():
        template = template.replace(letter, f"(?:{letter}|{apart})")
    folded = "".join(_plain(char) if char.islower() else char for char in template)
    folded = folded.replace(" ?", r"\s*").replace(" *", r"\s*")
    return folded.replace(" ", GAP)


def _number(
    numbers: Mapping[str, float], multipliers: Mapping[str, int], joiners: Iterable[str], glue: Any
) -> str:
    # "k" and "rb" follow digits only.
    spelt = [word for word in multipliers if len(word) > 2]
    word = f"(?:{any_of([*numbers, *spelt])})"
    if glue:
        return rf"{word}(?:(?:{GAP})?(?:{glue})?(?:{GAP})?{word})*"
    return rf"{word}(?:{GAP}(?:(?:{any_of(joiners)}){GAP})*{word})*"


def _names(language: str, table: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    locale = Locale.parse(language)
    weekdays = _babel(locale.days, ("wide",), 0) | _words(table["more_weekdays"])
    for word in table.get("not_weekdays", []):
        weekdays.pop(word)
    months = _babel(locale.months, ("wide", "abbreviated"), 0) | _words(table["more_months"])
    return {
        "weekday": weekdays,
        "short_weekday": _words(table["short_weekdays"]),
        "month": months,
    }


def _babel(names: Any, widths: Sequence[str], shift: int) -> dict[str, int]:
    return {
        flat(fold(name).plain.rstrip(".")): number + shift
        for context in ("format", "stand-alone")
        for width in widths
        for number, name in names[context][width].items()
    }


def _sets(table: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    keys = ("today_parts", "either_way", "past_words", "counted", "named")
    return {
        key: frozenset(_words(dict.fromkeys(table.get(key, []), 1)))
        if key in {"today_parts", "either_way", "past_words"}
        else frozenset(map(_pattern, table[key]))
        for key in keys
    }


def _templates(
    table: Mapping[str, Any], places: Mapping[str, str]
) -> dict[str, list[re.Pattern[str]]]:
    kinds = {**{kind: table[kind] for kind in TEMPLATES}, "length": LENGTH}
    return {
        kind: [alone(_filled(template, places)) for template in templates]
        for kind, templates in kinds.items()
    }


def _filled(template: str, places: Mapping[str, str]) -> str:
    pieces = PLACE.split(template)
    built = [_pattern(pieces[0])]
    for name, suffix, literal in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        group = name.removeprefix("digit_") + (f"_{suffix}" if suffix else "")
        built.append(f"(?P<{group}>{places[name]}){_pattern(literal)}")
    return "".join(built)


def _triggers(table: Mapping[str, Any], tables: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    literals = (each for kind in ("weekend", "unit_end") for each in table[kind])
    words = {token for each in literals for token in TOKEN.findall(_pattern(PLACE.sub("", each)))}
    for each in (_words(table["days"]), _words(table["parts"]), *tables):
        words |= {token for word in each for token in TOKEN.findall(word)}
    few = {word for word, value in _words(table["numbers"]).items() if value <= 1}
    return frozenset(word for word in words - few if len(word) > 1)


def _around(template: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    before, after = template.split("{amount}")
    start = rf"(?<![^\W_]){_pattern(before)}$" if before else ""
    return re.compile(start), re.compile(rf"{_pattern(after)}(?![^\W_])" if after else "")
