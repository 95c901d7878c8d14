"""What the twin is told to do wrong, and how strict it is. Kept in memory: a restart is well again."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

BY_STATUS = (131026, 131048, 131049, 131050)
"""Refusals that Meta reports as a `failed` status after accepting; the others answer the request."""


@dataclass(frozen=True)
class Faults:
    """Counters count down with each send they hit; delays are in seconds."""

    fail_next: int = 0
    fail_status: int = 500
    hang_next: int = 0
    hang_seconds: float = 30.0
    refuse_next: int = 0
    refuse_code: int = 130429
    refuse_connections: bool = False
    status_delay: float = 0.2
    duplicates: int = 0
    reorder: bool = False
    no_statuses: bool = False
    reads: str = "auto"  # auto: after a while; open: when the chat is opened on the phone page
    throughput: int = 80
    pair_rate: bool = True
    messaging_limit: int | None = 2000
    by_status: tuple[int, ...] = BY_STATUS
    not_on_whatsapp: tuple[str, ...] = field(default=(), repr=False)


def changed(faults: Faults, wishes: Any) -> Faults:
    """The faults after a JSON object of wishes. Raises ValueError naming the field that does not do."""
    if not isinstance(wishes, dict):
        raise ValueError("send a JSON object")
    return replace(faults, **{name: _value(faults, name, wish) for name, wish in wishes.items()})


def as_json(faults: Faults) -> dict[str, Any]:
    """Every field by name."""
    return asdict(faults)


def _value(faults: Faults, name: str, wish: Any) -> Any:
    if name not in asdict(faults):
        raise ValueError(f"{name} is not a fault; see GET /twin/faults")
    if name in {"by_status", "not_on_whatsapp"}:
        return _tuple(name, wish)
    if name == "reads":
        return _one_of(name, wish, ("auto", "open"))
    if name == "messaging_limit" and wish is None:
        return None
    present = getattr(faults, name)
    if isinstance(present, bool):
        return _typed(name, wish, bool)
    return _not_negative(name, wish, float if isinstance(present, float) else int)


def _tuple(name: str, wish: Any) -> tuple[Any, ...]:
    kind = int if name == "by_status" else str
    if not isinstance(wish, list) or not all(isinstance(item, kind) for item in wish):
        raise ValueError(f"{name} must be a list of {kind.__name__}")
    return tuple(wish)


def _one_of(name: str, wish: Any, choices: tuple[str, ...]) -> Any:
    if wish not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}")
    return wish


def _typed(name: str, wish: Any, kind: type) -> Any:
    if not isinstance(wish, kind):
        raise ValueError(f"{name} must be {kind.__name__}")
    return wish


def _not_negative(name: str, wish: Any, kind: type) -> Any:
    if isinstance(wish, bool) or not isinstance(wish, (int, float)) or wish < 0:
        raise ValueError(f"{name} must be a number of 0 or more")
    return kind(wish)
