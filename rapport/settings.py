"""The only reader of the environment: frozen, read once, secrets do not print."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rapport import hours
from rapport.errors import RapportError
from rapport.hours import Hours

DEFAULT_PORT_BASE = 5005
TWIN_PHONE_NUMBER_ID = "106540352242922"
TWIN_BUSINESS_ACCOUNT_ID = "102290129340398"
META_GRAPH_API_URL = "https://graph.facebook.com"
GRAPH_API_VERSION = 25.0
REAL_NUMBER = ("WHATSAPP_ACCESS_TOKEN", "WHATSAPP_PHONE_NUMBER_ID", "WHATSAPP_APP_SECRET")


@dataclass(frozen=True)
class Settings:
    """Everything that may differ between two installations; see README, Settings."""

    data_dir: Path
    port_base: int
    database_url: str | None = field(repr=False)
    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)
    access_token: str = field(repr=False)
    events_key: str = field(repr=False)
    phone_number_id: str
    business_account_id: str
    graph_api_url: str
    uses_twin: bool
    business_name: str
    public_url: str
    messages_per_second: int
    log_format: str
    log_level: str
    service_hours: Hours | None

    @property
    def port(self) -> int:
        """Port of the Rasa server: webhook, events, health."""
        return self.port_base

    @property
    def twin_port(self) -> int:
        """Port of the Cloud API twin and the phone page."""
        return self.port_base + 1

    @property
    def url(self) -> str:
        """Base address of the service on this machine."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def twin_url(self) -> str:
        """Base address of the twin on this machine."""
        return f"http://127.0.0.1:{self.twin_port}"

    @property
    def webhook_url(self) -> str:
        """Where the twin delivers, and what a real number's webhook points to behind TLS."""
        return f"{self.url}/webhooks/whatsapp/webhook"


def load(env: Mapping[str, str] = os.environ) -> Settings:
    """Settings from the environment, with made-up secrets from the data folder where Meta's are absent.

    Raises RapportError naming the variable and the fix.
    """
    data_dir = Path(env.get("RAPPORT_DATA_DIR") or ".rapport").absolute()
    uses_twin = _uses_twin(env)
    made_up = _made_up_secrets(data_dir)
    port_base = _integer(env, "RAPPORT_PORT_BASE", DEFAULT_PORT_BASE, 1, 65_000)
    graph = f"http://127.0.0.1:{port_base + 1}" if uses_twin else META_GRAPH_API_URL
    return Settings(
        data_dir=data_dir,
        port_base=port_base,
        database_url=env.get("DATABASE_URL") or None,
        app_secret=env.get("WHATSAPP_APP_SECRET") or made_up["app_secret"],
        verify_token=env.get("WHATSAPP_VERIFY_TOKEN") or made_up["verify_token"],
        access_token=env.get("WHATSAPP_ACCESS_TOKEN") or made_up["access_token"],
        events_key=env.get("RAPPORT_EVENTS_KEY") or made_up["events_key"],
        phone_number_id=env.get("WHATSAPP_PHONE_NUMBER_ID") or TWIN_PHONE_NUMBER_ID,
        business_account_id=env.get("WHATSAPP_BUSINESS_ACCOUNT_ID") or TWIN_BUSINESS_ACCOUNT_ID,
        graph_api_url=(env.get("GRAPH_API_URL") or graph).rstrip("/"),
        uses_twin=uses_twin,
        business_name=env.get("RAPPORT_BUSINESS_NAME") or "Rapport",
        public_url=(env.get("RAPPORT_PUBLIC_URL") or f"http://127.0.0.1:{port_base}").rstrip("/"),
        messages_per_second=_integer(env, "RAPPORT_MESSAGES_PER_SECOND", 80, 1, 1_000),
        log_format=_one_of(env, "RAPPORT_LOG_FORMAT", ("console", "json")),
        service_hours=hours.read(told) if (told := env.get("RAPPORT_SERVICE_HOURS")) else None,
        log_level=_one_of(env, "RAPPORT_LOG_LEVEL", ("info", "debug", "warning", "error")),
    )


def _uses_twin(env: Mapping[str, str]) -> bool:
    """True without Meta's credentials; half a set of them is a mistake, not a wish for the twin."""
    given = [name for name in REAL_NUMBER if env.get(name)]
    if not env.get("WHATSAPP_ACCESS_TOKEN"):
        return True
    missing = [name for name in REAL_NUMBER if name not in given]
    if missing:
        raise RapportError(
            f"Set {', '.join(missing)} too, or unset WHATSAPP_ACCESS_TOKEN to use the twin."
        )
    return False


def _integer(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    raw = env.get(name) or str(default)
    if not raw.isdecimal() or not low <= int(raw) <= high:
        raise RapportError(f"{name} must be a whole number from {low} to {high}.")
    return int(raw)


def _one_of(env: Mapping[str, str], name: str, words: tuple[str, ...]) -> str:
    word = (env.get(name) or words[0]).lower()
    if word not in words:
        raise RapportError(f"{name} must be one of {', '.join(words)}.")
    return word


def _made_up_secrets(data_dir: Path) -> dict[str, str]:
    path = data_dir / "secrets.json"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _write_secrets(path)
        return dict(json.loads(path.read_text()))
    except OSError as error:
        raise RapportError(
            f"Cannot write to the data folder {data_dir} ({error.strerror}); "
            "free some space or point RAPPORT_DATA_DIR elsewhere."
        ) from error
    except ValueError as error:
        raise RapportError(f"{path} is damaged; delete it and start again.") from error


def _write_secrets(path: Path) -> None:
    names = ("app_secret", "verify_token", "access_token", "events_key")
    draft = path.with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps({name: secrets.token_hex(16) for name in names}))
    try:
        os.link(draft, path)  # the first of two starts wins, the second reads its secrets
    except FileExistsError:
        pass
    finally:
        draft.unlink()
