"""``If-Match`` (RFC 9110 § 13.1.1): change a thing only as it was when it was read."""

from __future__ import annotations

from app.platform.problems import StaleVersion


def require_match(if_match: str | None, etag: str) -> None:
    """Raise :class:`StaleVersion` unless the header is absent, ``*`` or names ``etag`` (given without quotes).

    Weak tags (``W/"…"``) never match: the comparison is the strong one. A tag without quotes is taken as meant.
    """
    if if_match is None:
        return
    tags = {tag.strip() for tag in if_match.split(",")}
    if not tags & {"*", f'"{etag}"', etag}:
        raise StaleVersion
