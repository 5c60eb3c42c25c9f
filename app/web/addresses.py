"""Addresses that come back to us from outside: only those of our own site are followed."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import request, url_for

NOWHERE_TO_RETURN = frozenset({"/sign-in", "/sign-out", "/language"})


def own_path(wanted: str | None) -> str:
    """``wanted`` if it is a path on this site, else the start page.

    Refuses other hosts, ``//host`` and ``/\\host`` (browsers read both as another host) and control characters.
    """
    if wanted is None or not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted:
        return url_for("pages.home")
    clean = all(" " < character < "\x7f" for character in wanted)
    return wanted if clean and urlsplit(wanted).path not in NOWHERE_TO_RETURN else url_for("pages.home")


def here() -> str:
    """Path and query of the page that is being shown; for a form that was sent, its path."""
    query = request.query_string.decode("ascii", "ignore")
    return f"{request.path}?{query}" if query and request.method == "GET" else request.path


def with_changes(**changes: str | None) -> str:
    """The current page's address with some query entries replaced; None removes one."""
    entries = {**request.args.to_dict(), **changes}
    kept = {key: value for key, value in entries.items() if value not in (None, "") and key not in ("notice", "done")}
    return url_for(request.endpoint or "pages.home", **{**(request.view_args or {}), **kept})


def with_notice(path: str, key: str) -> str:
    """``path`` with the confirmation ``key`` (see ``notices``) instead of an earlier one."""
    parts = urlsplit(path)
    entries = [(name, value) for name, value in parse_qsl(parts.query) if name not in ("notice", "done")]
    return f"{parts.path}?{urlencode([*entries, ('notice', key)])}"
