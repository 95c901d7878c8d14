"""Which topics a wish to stop is about: "no more offers, but keep the order updates"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from rapport.understanding.guard_lines import expanded, files_in, read
from rapport.understanding.guard_senses import senses_in
from rapport.understanding.guard_text import normalised
from rapport.vocabulary import ANY_TOPIC, MARKETING_TOPICS, TOPICS

KEEP, STOP, BUT, ALL = "keep", "stop", "but", "all"
Mark = tuple[int, str]
"""Where in a clause a phrase stands (in words), and what it is: a marker above or a topic."""


def phrases_in(folder: Path) -> dict[str, Any]:
    """Language to the phrases of data/guard/<language>.yml, normalised; plain enough for JSON."""
    return {path.stem: _phrases(read(path)) for path in files_in([folder])}


def topics_of(text: str, phrases: dict[str, Any], language: str | None = None) -> tuple[str, ...]:
    """The topics a message that says stop is about, in the order of TOPICS, or ("*",) for all.

    Without a name that is marketing. Topics named to be kept are left out; "only order updates"
    stops all others. An unknown `language` is told by the words found.
    """
    clauses = [normalised(clause).split() for clause in _CLAUSES.split(text)]
    known = phrases.get(language or "")
    lexicon = known["scope"] if known else _likeliest(clauses, phrases)
    stopped, kept, is_all, is_only = _told(clauses, lexicon)
    if (is_only or is_all) and kept:
        stopped |= set(TOPICS)
    elif is_all and not stopped:
        return (ANY_TOPIC,)
    rest = stopped - kept
    return tuple(topic for topic in TOPICS if topic in rest) or MARKETING_TOPICS


def is_doubtful(plain: str, phrases: dict[str, Any]) -> bool:
    """Whether a normalised message is one that people use for more than one thing."""
    return any(plain in own["doubtful"] or _fits(plain, own["names"]) for own in phrases.values())


def starts(phrases: dict[str, Any]) -> frozenset[str]:
    """Words for "start" in all languages."""
    return frozenset(word for own in phrases.values() for word in own["start"])


_CLAUSES = re.compile(r"[,;.!:\n()]+|\s[-–—]\s")
_LONGEST_PHRASE = 4
_ONLY = "only"


def _phrases(content: dict[str, Any]) -> dict[str, Any]:
    scope = content["scope"]
    marks = {normalised(said): mark for mark in (STOP, KEEP, BUT, ALL) for said in scope[mark]}
    marks |= {normalised(said): _ONLY for said in scope["only"]}
    for topic, names in scope["topics"].items():
        marks |= {normalised(name): topic for name in names}
    doubtful = [
        said for line in content["doubtful"].splitlines() for said in expanded(line.strip(), 100)
    ]
    return {
        "scope": marks,
        "senses": senses_in(content),
        "start": [normalised(word) for word in content["start"]],
        "doubtful": {normalised(said): True for said in doubtful if "{" not in said},
        "names": [normalised(said.split("{")[0]) for said in doubtful if "{" in said],
    }


def _fits(plain: str, openings: Iterable[str]) -> bool:
    return any(
        plain.startswith(opening + " ") and len(plain.split()) <= len(opening.split()) + 2
        for opening in openings
    )


def _likeliest(clauses: list[list[str]], phrases: dict[str, Any]) -> dict[str, str]:
    lexicons = [own["scope"] for own in phrases.values()]
    return max(lexicons, key=lambda own: sum(len(list(_marks(c, own))) for c in clauses))


def _told(
    clauses: list[list[str]], lexicon: dict[str, str]
) -> tuple[set[str], set[str], bool, bool]:
    """Topics stopped, topics kept, whether everything is meant, whether "only" was said."""
    stopped: set[str] = set()
    kept: set[str] = set()
    is_all = is_only = False
    for clause in clauses:
        marks = list(_marks(clause, lexicon))
        is_all |= any(mark == ALL for _, mark in marks)
        only = [at for at, mark in marks if mark == _ONLY]
        for at, topic in marks:
            if topic in TOPICS:
                is_kept = _is_kept(at, marks)
                (kept if is_kept else stopped).add(topic)
                is_only |= is_kept and bool(only)
    return stopped, kept, is_all, is_only


def _is_kept(at: int, marks: list[Mark]) -> bool:
    """Whether the topic at `at` is to go on: the nearest marker on its side of a "but" decides."""
    walls = [place for place, mark in marks if mark == BUT]
    before = max((wall for wall in walls if wall < at), default=-1)
    behind = min((wall for wall in walls if wall > at), default=10**6)
    near = [
        (abs(place - at), mark)
        for place, mark in marks
        if before < place < behind and mark in (KEEP, STOP, _ONLY)
    ]
    if near:
        return min(near, key=lambda found: (found[0], found[1] == STOP))[1] != STOP
    return before >= 0


def _marks(words: list[str], lexicon: dict[str, str]) -> Iterator[Mark]:
    at = 0
    while at < len(words):
        size = next(
            (n for n in range(_LONGEST_PHRASE, 0, -1) if " ".join(words[at : at + n]) in lexicon),
            0,
        )
        if size:
            yield at, lexicon[" ".join(words[at : at + size])]
        at += size or 1
