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

KEEP, STOP, BUT, ALL, TOO = "keep", "stop", "but", "all", "too"
Mark = tuple[int, str]
"""Where in a clause a phrase stands (phrases and other words counted), and what it is: a marker above or a topic."""


def phrases_in(folder: Path) -> dict[str, Any]:
    """Language to the phrases of data/guard/<language>.yml, normalised; plain enough for JSON."""
    return {path.stem: _phrases(read(path)) for path in files_in([folder])}


def topics_of(text: str, phrases: dict[str, Any], language: str | None = None) -> tuple[str, ...]:
    """The topics a message that says stop is about, in the order of TOPICS, or ("*",) for all.

    Without a name that is marketing. Topics named to be kept are left out; "only order updates"
    stops all others but support, which answers what the person asks. "All offers" is offers, "everything, offers too"
    is everything. An unknown `language` is told by the words found.
    """
    clauses = [normalised(clause).split() for clause in _CLAUSES.split(text)]
    known = phrases.get(language or "")
    lexicon = known["scope"] if known else _likeliest(clauses, phrases)
    stopped, kept, is_all, is_only = _told(clauses, lexicon)
    if is_all and not kept:
        return (ANY_TOPIC,)
    if is_all:
        stopped |= set(TOPICS)
    elif is_only:
        stopped |= set(TOPICS) - {_ANSWERS}
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
_ANSWERS = "support"


def _phrases(content: dict[str, Any]) -> dict[str, Any]:
    scope = content["scope"]
    marks = {normalised(said): mark for mark in (STOP, KEEP, BUT, TOO, ALL) for said in scope[mark]}
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
    marked = [list(_marks(clause, lexicon)) for clause in clauses]
    said = frozenset(mark for marks in marked for _, mark in marks)
    stopped: set[str] = set()
    kept: set[str] = set()
    is_all, is_only = {ALL, TOO} <= said, False
    for marks in marked:
        here = {mark for _, mark in marks}
        spared = {topic for at, topic in marks if topic in TOPICS and _is_kept(at, marks)}
        ended = {topic for at, topic in marks if topic in TOPICS and not _is_kept(at, marks)}
        is_all |= ALL in here and not ended
        is_only |= _ONLY in here and bool(spared)
        stopped, kept = stopped | ended, kept | spared
    return stopped, kept, is_all, is_only


def _is_kept(at: int, marks: list[Mark]) -> bool:
    """Whether the topic at `at` is to go on: the nearest marker on its side of a "but" decides.

    Of two as near that counts which is not as near to another topic: "stop offers keep orders". Between "only"
    and "stop" a single topic is all that ends: "sirf offers band karo".
    """
    walls = [place for place, mark in marks if mark == BUT]
    before = max((wall for wall in walls if wall < at), default=-1)
    behind = min((wall for wall in walls if wall > at), default=10**6)
    near = [
        (abs(place - at), place, mark)
        for place, mark in marks
        if before < place < behind and mark in (KEEP, STOP, _ONLY)
    ]
    if not near:
        return before >= 0
    distance = min(near)[0]
    others = {place for place, mark in marks if mark in TOPICS and place != at}
    closest = {place: mark for far, place, mark in near if far == distance}
    own = {m for p, m in closest.items() if not others & {p - distance, p + distance}}
    told = own or set(closest.values())
    return told != {STOP} and (bool(others) or told != {STOP, _ONLY})


def _marks(words: list[str], lexicon: dict[str, str]) -> Iterator[Mark]:
    at = place = 0
    while at < len(words):
        sizes = range(_LONGEST_PHRASE, 0, -1)
        size = next((n for n in sizes if " ".join(words[at : at + n]) in lexicon), 0)
        if size:
            yield place, lexicon[" ".join(words[at : at + size])]
        at, place = at + (size or 1), place + 1
