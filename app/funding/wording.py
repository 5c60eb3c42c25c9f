"""What would change an assessment, in a sentence: the change and what it brings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from app.funding.facts import Request
from app.funding.instruments import Judgement
from app.funding.variations import Change, lookup

Words = Callable[[Any, Any], tuple[str, str]]
"""New and old value → German and English."""

OUTCOMES: Mapping[str, tuple[str, str]] = {
    "fundable": ("voraussichtlich förderfähig", "likely fundable"),
    "review": ("zu prüfen", "to be reviewed"),
    "not_fundable": ("nicht förderfähig", "not fundable"),
    "not_applicable": ("nicht anwendbar", "not applicable"),
}


def _more(new: Any, old: Any, more: tuple[str, str], fewer: tuple[str, str]) -> tuple[str, str]:
    amount, words = (new - old, more) if new > old else (old - new, fewer)
    return f"{amount} {words[0]}", f"{amount} {words[1]}"


_HOURS = (("Stunden mehr", "more hours"), ("Stunden weniger", "fewer hours"))
WORDS: Mapping[str, Words] = {
    "course.provider_certified": lambda new, old: ("ein zugelassener Träger", "a certified provider"),
    "course.measure_certified": lambda new, old: ("eine zugelassene Maßnahme", "a certified measure"),
    "course.certified_until": lambda new, old: (
        f"Zulassung bis mindestens {_day(new)[0]}",
        f"certified until {_day(new)[1]} at least",
    ),
    "course.inside_firm": lambda new, old: ("außerhalb des Betriebs", "outside the firm"),
    "course.hours": lambda new, old: _more(new, old, *_HOURS),
    "course.start": lambda new, old: (f"Beginn am {_day(new)[0]} oder danach", f"start on or after {_day(new)[1]}"),
    "application_date": lambda new, old: (f"Antrag am {_day(new)[0]} oder danach", f"apply on or after {_day(new)[1]}"),
    "company.agreement": lambda new, old: ("eine Betriebsvereinbarung", "a works agreement"),
    "company.qg_agreement": lambda new, old: (
        ("die Erklärung des Arbeitgebers", "the employer’s declaration")
        if new == "declaration"
        else ("eine Betriebsvereinbarung zum Qualifizierungsgeld", "a works agreement on the training allowance")
    ),
    "company.affected_staff": lambda new, old: (f"{new} Betroffene im Betrieb", f"{new} staff affected"),
    "company.outdated_skills_share": lambda new, old: (
        f"veraltete Kompetenzen bei {new * 100:.0f} %",
        f"outdated skills of {new * 100:.0f} %",
    ),
    "requested": lambda new, old: ("kein Antrag nach § 82", "no application under § 82"),
}


def change_in_words(change: Change, request: Request, now: Judgement, then: Judgement, language: str) -> str:
    """``21 Stunden mehr: voraussichtlich förderfähig, Lehrgangskosten 50 %``."""
    index = 1 if language == "en" else 0
    parts = [WORDS[path](new, lookup(request, path))[index] for path, new in change.items() if path in WORDS]
    return f"{', '.join(parts)}: {_effect(now, then, index)}"


def _effect(now: Judgement, then: Judgement, index: int) -> str:
    if now.outcome == then.outcome:
        return _points(now, then, index)
    shares = _share(then, index)
    return OUTCOMES[then.outcome][index] + (f", {shares}" if shares else "")


def _points(now: Judgement, then: Judgement, index: int) -> str:
    for name in ("course_cost_percent", "wage_subsidy_percent", "contribution_percent"):
        before, after = now.percent(name), then.percent(name)
        if before is not None and after is not None and after > before:
            return f"+{after - before} {('Prozentpunkte', 'points')[index]}"
    return _share(then, index)


def _share(then: Judgement, index: int) -> str:
    percent = then.percent("course_cost_percent")
    return "" if not percent else f"{('Lehrgangskosten', 'course costs')[index]} {percent} %"


def _day(day: date) -> tuple[str, str]:
    return f"{day:%d.%m.%Y}", day.isoformat()
