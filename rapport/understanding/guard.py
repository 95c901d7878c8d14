"""The stop guard: decides opt-out, opt-in, pause and help whatever the dialogue is doing.

First words that are beyond doubt (`rapport.consent.keywords`), then a linear classifier of its own
whose bar for an opt-out is low. How to use it: `guard = ensure()` once per process (a third of a
millisecond per message afterwards), `decide` on every typed text before the dialogue sees it.

- `opt_out`: record a withdrawal of `topics` at once; with `is_doubtful` ask once whether it was meant.
- `opt_in`: record consent only for topics the person named or was asked about.
- `pause`: hold marketing; how long is the dialogue's question.
- no verdict, but `is_doubtful`: send no marketing until answered, and ask once, unless a question
  is open that the message answers ("cancel it" about an order).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rapport.consent.keywords import Keyword, unmistakable
from rapport.understanding import guard_scope
from rapport.understanding.guard_features import margins_of
from rapport.understanding.guard_lines import LABELS, Line, files_in, lines_in
from rapport.understanding.guard_reader import Reader, vocabulary
from rapport.understanding.guard_text import is_question, undisguised
from rapport.vocabulary import ANY_TOPIC, MARKETING_TOPICS

ROOT = Path(__file__).resolve().parents[2]
PHRASES = "data/guard"
FOLDERS = ("data/nlu", PHRASES)
"""Where the guard's lines are; `PHRASES` also tells scope and doubt."""

STOP_SIGNS = frozenset("🚫⛔🔕🔇")
DOUBTFUL_SIGNS = frozenset("👎🖕🤬✋❌🙅")


@dataclass(frozen=True)
class Decision:
    """`verdict` is opt_out, opt_in, pause, help or None; `topics` are keys of TOPICS or "*".

    `confidence` (0 to 1) is the likelihood of the verdict; without one, that nothing was asked.
    """

    verdict: str | None
    confidence: float
    topics: tuple[str, ...] = ()
    is_doubtful: bool = False


BY_KEYWORD = {
    Keyword.STOP: Decision("opt_out", 1.0, MARKETING_TOPICS),
    Keyword.STOP_ALL: Decision("opt_out", 1.0, (ANY_TOPIC,)),
    Keyword.START: Decision("opt_in", 1.0),
    Keyword.HELP: Decision("help", 1.0),
}


class Guard:
    """A trained guard; immutable, safe for threads."""

    def __init__(
        self, arrays: dict[str, Any], phrases: dict[str, Any], known: dict[str, int]
    ) -> None:
        self._arrays = arrays
        self._phrases, self._known = phrases, known
        self._reader = Reader(phrases, known)
        self._weights = np.ascontiguousarray(arrays["weights"].T)
        arrays["weights"] = self._weights.T
        self._ask, self._act, self._sure = (float(t) for t in arrays["thresholds"])
        self._steepness, self._shift = (float(c) for c in arrays["calibration"])
        self._starts = guard_scope.starts(phrases)

    @classmethod
    def load(cls, path: Path) -> Guard:
        """The guard saved at `path`; plain arrays, nothing is unpickled. Raises OSError without one."""
        with np.load(path, allow_pickle=False) as saved:
            arrays = {name: saved[name] for name in saved.files}
        told = [json.loads(str(arrays.pop(name))) for name in ("phrases", "known")]
        return cls(arrays, *told)

    def save(self, path: Path) -> Path:
        """Write the guard to `path` in one step and return it."""
        draft = path.with_name(f"draft-{os.getpid()}-{path.name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        told = {"phrases": self._phrases, "known": self._known}
        plain = {name: json.dumps(each, ensure_ascii=False) for name, each in told.items()}
        np.savez_compressed(draft, **plain, **self._arrays)
        return draft.replace(path)

    def decide(self, text: str, language: str | None = None) -> Decision:
        """What one message asks for."""
        return self.decide_many([text], [language])[0]

    def decide_many(
        self, texts: Sequence[str], languages: Iterable[str | None] | None = None
    ) -> list[Decision]:
        """What each message asks for; in batches much faster than one by one."""
        if not texts:
            return []
        plain = self._reader.plain(texts)
        counts = self._reader.counts(texts, plain)
        learnt = self._arrays["rarity"], self._weights, self._arrays["offsets"]
        margins = margins_of(counts, *learnt)
        stops, others = margins[:, 0].tolist(), margins[:, 1:].tolist()
        told = languages if languages is not None else [None] * len(texts)
        heard = zip(texts, plain, stops, others, told, strict=True)
        return [self._decision(*message) for message in heard]

    def topics_of(self, text: str, language: str | None = None) -> tuple[str, ...]:
        """What an opt-out in these words is about: keys of TOPICS, or "*"."""
        return guard_scope.topics_of(text, self._phrases, language)

    def _decision(
        self, text: str, plain: str, stop: float, others: list[float], language: str | None
    ) -> Decision:
        word = unmistakable(undisguised(text))
        if word:
            return BY_KEYWORD[word]
        if not plain:
            return self._by_sign(text)
        if guard_scope.is_doubtful(plain, self._phrases):
            return Decision(None, 0.5, is_doubtful=True)
        rival = max(others)
        if stop > max(self._act, rival):
            topics = self.topics_of(text, language)
            return Decision("opt_out", self._chance(stop), topics, stop < self._sure)
        if rival > 0.0:
            return self._other(LABELS[1 + others.index(rival)], text, plain, rival)
        return Decision(None, 1.0 - self._chance(stop), is_doubtful=stop > self._ask)

    def _by_sign(self, text: str) -> Decision:
        signs = frozenset(text)
        if signs & STOP_SIGNS:
            return Decision("opt_out", 0.5, MARKETING_TOPICS, is_doubtful=True)
        return Decision(
            None, 0.5 if signs & DOUBTFUL_SIGNS else 1.0, (), bool(signs & DOUBTFUL_SIGNS)
        )

    def _other(self, verdict: str, text: str, plain: str, margin: float) -> Decision:
        asks = verdict == "opt_in" and is_question(text)
        if asks and self._starts.intersection(plain.split()):
            return Decision(None, 0.5)
        return Decision(verdict, self._chance(margin))

    def _chance(self, margin: float) -> float:
        return float(1.0 / (1.0 + np.exp(-(self._steepness * margin + self._shift))))


def train(lines: Sequence[Line], phrases: dict[str, Any]) -> Guard:
    """A guard fitted to `lines` (`lines_in`) with the `phrases` of scope and doubt; some seconds."""
    from rapport.understanding.guard_fit import fit  # scikit-learn is for training alone

    known = vocabulary(lines, phrases)
    return Guard(fit(lines, Reader(phrases, known)), phrases, known)


def model_path(root: Path = ROOT) -> Path:
    """Where the guard for the present data lies, or would: the data's hash is in its name."""
    digest = hashlib.sha256()
    code = [*sorted(Path(__file__).parent.glob("guard*.py"))]
    for path in [*files_in(root / folder for folder in FOLDERS), *code]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return root / "models" / f"guard-{digest.hexdigest()[:12]}.npz"


def ensure(root: Path = ROOT) -> Guard:
    """The guard for the present data, trained and saved first when there is none yet."""
    path = model_path(root)
    if not path.is_file():
        folders = [root / folder for folder in FOLDERS]
        train(lines_in(folders), guard_scope.phrases_in(root / PHRASES)).save(path)
    return Guard.load(path)
