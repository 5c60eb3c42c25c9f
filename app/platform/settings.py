"""Settings from ``VORLAUF_*`` environment variables; each is described in docs/settings.md (a test compares)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent


class InvalidSetting(ValueError):
    """A VORLAUF_ setting has an unusable value."""


@dataclass(frozen=True)
class Settings:
    """Typed settings; the field's metadata is its documentation."""

    database_url: str = field(
        default=f"sqlite:///{ROOT / 'var' / 'vorlauf.db'}",
        metadata={
            "doc": "Database: sqlite:///FILE (embedded, one process) or postgresql://… (any number of processes)."
        },
    )
    processes_dir: str = field(default=str(ROOT / "processes"), metadata={"doc": "Folder of the shipped processes."})
    forms_dir: str = field(default=str(ROOT / "forms"), metadata={"doc": "Folder of the shipped forms."})
    token_hours: int = field(default=12, metadata={"doc": "Lifetime of an API token in hours."})
    session_hours: int = field(default=10, metadata={"doc": "Lifetime of a sign-in on the pages in hours."})
    max_body_bytes: int = field(
        default=2_000_000, metadata={"doc": "Largest accepted request body in bytes; more is 413."}
    )
    documents: str = field(
        default="documents",
        metadata={"doc": "Folder of documents; a relative one counts from the folder of the embedded database."},
    )
    max_document_bytes: int = field(
        default=20_000_000, metadata={"doc": "Largest accepted document in bytes; more is 413."}
    )
    live_cache_size: int = field(
        default=500, metadata={"doc": "Thawed cases kept in memory per process; 0 switches it off."}
    )
    four_eyes_limit: int = field(
        default=10_000, metadata={"doc": "Sum of course costs in euro above which a second funding adviser must agree."}
    )
    tick_seconds: float = field(
        default=1.0, metadata={"doc": "How often due timers and jobs are looked for, in seconds."}
    )
    embedded_worker: bool = field(
        default=True,
        metadata={"doc": "Whether the web process also runs timers and jobs (1) or leaves them to `worker` (0)."},
    )
    cookie_secure: bool = field(
        default=False, metadata={"doc": "Send the session cookie over https only (1 behind TLS)."}
    )
    sqlite_synchronous: str = field(
        default="FULL",
        metadata={"doc": "SQLite durability: FULL survives power loss, NORMAL only a crash of the process."},
    )
    public_url: str = field(
        default="http://127.0.0.1:8000",
        metadata={"doc": "Address of the pages as people reach them, for links in mails."},
    )
    demo: bool = field(
        default=False, metadata={"doc": "Demo: mails that no server takes are shown to everybody on a page."}
    )
    smtp_host: str = field(default="", metadata={"doc": "Mail server; without one mails wait in the database."})
    smtp_port: int = field(default=587, metadata={"doc": "Port of the mail server."})
    smtp_security: str = field(
        default="starttls",
        metadata={"doc": "starttls, tls (from the first byte) or none.", "choices": ("starttls", "tls", "none")},
    )
    smtp_user: str = field(default="", metadata={"doc": "Login at the mail server; empty: none is needed."})
    smtp_password: str = field(default="", repr=False, metadata={"doc": "Password at the mail server."})
    mail_from: str = field(
        default="Vorlauf <vorlauf@localhost>", metadata={"doc": "Sender of all mails, with or without a name."}
    )
    link_days: int = field(
        default=14, metadata={"doc": "How long a link for a participant without an account is good, in days."}
    )
    measure: bool = field(
        default=False, metadata={"doc": "Add a Server-Timing header with the number of SQL statements and commits."}
    )
    access_log_months: int = field(
        default=24, metadata={"doc": "How long the access log keeps who was shown personal data; 0 keeps everything."}
    )
    log_level: str = field(default="INFO", metadata={"doc": "DEBUG, INFO, WARNING or ERROR."})

    @property
    def documents_folder(self) -> Path:
        """Where documents are: relative to the embedded database, with PostgreSQL to ``var``."""
        embedded = self.database_url.removeprefix("sqlite:///")
        beside = Path(embedded).parent if embedded != self.database_url and embedded else ROOT / "var"
        return beside / self.documents

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
        """Read ``VORLAUF_<FIELD>``; ``overrides`` win. Raises :class:`InvalidSetting` naming the variable."""
        source = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        for spec in fields(cls):
            raw = source.get(variable_name(spec.name))
            if raw is not None:
                values[spec.name] = _convert(spec.name, str(spec.type), raw)
                _check_choice(spec.name, values[spec.name], spec.metadata.get("choices"))
        return cls(**{**values, **overrides})


def variable_name(field_name: str) -> str:
    """``max_body_bytes`` → ``VORLAUF_MAX_BODY_BYTES``."""
    return f"VORLAUF_{field_name.upper()}"


def _convert(name: str, kind: str, raw: str) -> Any:
    try:
        if kind == "int":
            return int(raw)
        if kind == "float":
            return float(raw)
        if kind == "bool":
            return {"1": True, "true": True, "0": False, "false": False}[raw.lower()]
    except (ValueError, KeyError) as error:
        raise InvalidSetting(f"{variable_name(name)}: {raw!r} is no {kind}") from error
    return raw


def _check_choice(name: str, value: Any, choices: tuple[str, ...] | None) -> None:
    if choices is not None and value not in choices:
        raise InvalidSetting(f"{variable_name(name)}: {value!r} is none of {', '.join(choices)}")
