"""What the assistant says: `data/responses/<skill>.<language>.yml`, key `replies`, one place for translators.

Rasa leaves these files alone. The actions compose one message a turn out of several sentences,
which Rasa's own responses, one message each, cannot do.
"""

from __future__ import annotations

import functools
from pathlib import Path

import yaml

FOLDER = Path(__file__).resolve().parents[2] / "data" / "responses"
DEFAULT_LANGUAGE = "en"


def say(key: str, language: str = DEFAULT_LANGUAGE, **values: object) -> str:
    """The sentence of that key with its blanks filled, in English where there is no translation.

    Raises KeyError for an unknown key or an unfilled blank.
    """
    return phrase(key, language).format(**values)


def phrase(key: str, language: str = DEFAULT_LANGUAGE) -> str:
    """The sentence of that key as it stands in the file."""
    own = phrases(language)
    return own[key] if key in own else phrases(DEFAULT_LANGUAGE)[key]


@functools.lru_cache(maxsize=16)
def phrases(language: str) -> dict[str, str]:
    """All sentences of a language; a key that stands in two files is an error."""
    found: dict[str, str] = {}
    for path in sorted(FOLDER.glob(f"*.{language}.yml")):
        replies = yaml.safe_load(path.read_text(encoding="utf-8"))["replies"]
        twice = found.keys() & replies.keys()
        if twice:
            raise ValueError(f"{path.name} repeats {', '.join(sorted(twice))}")
        found |= {key: text.strip() for key, text in replies.items()}
    return found
