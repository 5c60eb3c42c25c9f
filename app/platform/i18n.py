"""Translations: English message ids in the code, German shown first.

Every room keeps its own catalogue in ``app/<room>/translations/de/LC_MESSAGES/messages.po``; they are merged at start.
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask, has_request_context, request
from flask_babel import Babel, force_locale, get_locale, gettext, lazy_gettext
from flask_babel.speaklater import LazyString

LANGUAGES = ("de", "en")
LANGUAGE_COOKIE = "vorlauf_language"
TIME_ZONE = "Europe/Berlin"


def _(message: str, **values: object) -> str:
    """``message`` in the language of this request, its ``%(name)s`` filled from ``values``."""
    return str(gettext(message, **values))


def _l(message: str) -> LazyString:
    """``message``, translated when it is shown."""
    return lazy_gettext(message)


def in_language(language: str, message: str) -> str:
    """``message`` in ``language`` ("de" or "en"), whatever the request speaks: for mails to others."""
    with force_locale(language):
        return str(gettext(message))


def choose_language() -> str:
    """The language of this request: explicit cookie (pages), else ``Accept-Language``, else German."""
    if not has_request_context():
        return "de"
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return chosen
    for wanted, _quality in request.accept_languages:  # in the caller's order: en-GB counts as English
        language = wanted.partition("-")[0].lower()
        if language in LANGUAGES:
            return language
    return "de"


def current_language() -> str:
    """ "de" or "en"."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "de"


def translation_directories() -> str:
    """All rooms' catalogues, as Flask-Babel wants them (joined by semicolons)."""
    app_root = Path(__file__).resolve().parent.parent
    return ";".join(str(path) for path in sorted(app_root.glob("*/translations")))


def init_app(app: Flask) -> None:
    """Wire Flask-Babel into ``app``."""
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", translation_directories())
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "de")
    Babel(app, locale_selector=choose_language, default_timezone=TIME_ZONE, timezone_selector=lambda: TIME_ZONE)
