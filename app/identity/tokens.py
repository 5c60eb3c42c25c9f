"""Opaque access tokens: 256 random bits for the caller, their SHA-256 for us."""

from __future__ import annotations

import hashlib
import secrets

TOKEN = "token"  # noqa: S105 - the kind, not a secret
SESSION = "session"


def new_secret() -> str:
    """A new secret of 43 URL-safe characters; it exists in the answer to the sign-in only."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """What is stored and looked up; a plain hash is enough for 256 random bits."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
