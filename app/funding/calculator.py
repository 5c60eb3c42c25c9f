"""The funding check without a case: all instruments side by side, with reasons, what would change them, and deadlines.

It never grants: ``fundable`` reads "voraussichtlich förderfähig"; the agency decides (§ 3(3) SGB III).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from app.decisions.model import DecisionModel
from app.funding.amounts import amounts, deadlines, total
from app.funding.facts import Request, facts_of, law_date
from app.funding.instruments import MODELS, RANK, Condition, Judgement, judge
from app.funding.variations import Change, changed, variations
from app.funding.wording import change_in_words

Models = Mapping[str, DecisionModel]
"""Decision models by file name without its ending."""
SELF_PAY = Judgement(
    "self_pay",
    "fundable",
    (Condition("own_money", True, "", {"de": "Der Betrieb zahlt selbst.", "en": "The company pays itself."}),),
    {"course_cost_percent": 0, "wage_subsidy_percent": 0},
)


def assess(models: Models, request: Request, language: str = "de") -> dict[str, Any]:
    """The whole answer for one person, course and company. Raises DmnError for a value that the tables refuse."""
    judged = [judge_under_law(models, name, request) for name in MODELS]
    shown = [_shown(models, item, older, request, language) for item, older in judged]
    shown.append(_shown(models, SELF_PAY, None, request, language))
    best = _recommended(shown)
    used = {f"{name}.dmn": model.hash for name, model in sorted(models.items()) if name in MODELS.values()}
    plain: dict[str, Any] = as_text(
        {"instruments": shown, "recommended": best["instrument"], "reason": _reason(best, language), "models": used}
    )
    return plain


def as_text(value: Any) -> Any:
    """Exact numbers and days as text, at any depth."""
    if isinstance(value, Mapping):
        return {key: as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_text(item) for item in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


def judge_under_law(
    models: Models, instrument: str, request: Request, brief: bool = False
) -> tuple[Judgement, Judgement | None]:
    """The assessment under the law that counts; beside it, while no decision is known, the one under the law at the
    application if that is another (§ 422 SGB III). Where the two differ in kind, the outcome is a review.
    """
    model, day, applied = models[MODELS[instrument]], law_date(request), request["application_date"]
    found = judge(instrument, model, facts_of(request, day), brief)
    if request["grant_date"] is not None or applied >= day:
        return found, None
    older = judge(instrument, model, facts_of(request, applied), brief)
    if older.law_version == found.law_version:
        return found, None
    if {older.outcome, found.outcome} == {"fundable", "not_fundable"}:
        found = Judgement(instrument, "review", found.conditions, found.shares, found.law_version)
    return found, older


def _shown(
    models: Models, judged: Judgement, older: Judgement | None, request: Request, language: str
) -> dict[str, Any]:
    likely = judged.outcome in ("fundable", "review")
    shown: dict[str, Any] = {
        "instrument": judged.instrument,
        "outcome": judged.outcome,
        **_percentages(judged),
        "law_version": judged.law_version,
        "amounts": amounts(judged, request) if likely else {"course_costs": None, "wage_subsidy": None},
        "flags": judged.flags,
        "conditions": [_condition(item, language) for item in judged.conditions],
        "would_change": list(_would_change(models, judged, request, language)),
        "deadlines": [vars(item) for item in deadlines(judged, request)] if likely and judged is not SELF_PAY else [],
    }
    if older is not None:
        shown["under_older_law"] = {
            "outcome": older.outcome,
            **_percentages(older),
            "law_version": older.law_version,
        }
    return shown


def _percentages(judged: Judgement) -> dict[str, Decimal | None]:
    names = ("course_cost_percent", "wage_subsidy_percent", "contribution_percent")
    if judged.outcome not in ("fundable", "review"):
        return dict.fromkeys(names)
    given = {name: judged.percent(name) for name in names}
    return {name: None if value is None else Decimal(value) for name, value in given.items()}


def _condition(item: Condition, language: str) -> dict[str, Any]:
    return {"code": item.code, "met": item.met, "paragraph": item.paragraph, "text": item.text[language]}


def _would_change(models: Models, judged: Judgement, request: Request, language: str) -> Iterator[dict[str, Any]]:
    """Single changes that lead to a better outcome or a larger share, best first, each kind of change once."""
    if judged is SELF_PAY or judged.outcome == "not_applicable":
        return
    better: dict[tuple[str, ...], tuple[Change, Judgement]] = {}
    for change in variations(models[MODELS[judged.instrument]], request, judged.hangs_on):
        tried, _ = judge_under_law(models, judged.instrument, changed(request, change), brief=True)
        kind = tuple(change)
        if _worth(tried) > max(_worth(judged), _worth(better[kind][1]) if kind in better else _worth(judged)):
            better[kind] = (change, tried)
    for change, tried in sorted(better.values(), key=lambda item: _worth(item[1]), reverse=True):
        yield {
            "change": dict(change),
            "text": change_in_words(change, request, judged, tried, language),
            "outcome": tried.outcome,
            **_percentages(tried),
        }


def _worth(judged: Judgement) -> tuple[int, Decimal]:
    shares = [value for value in _percentages(judged).values() if value is not None]
    return (-RANK[judged.outcome], sum(shares, Decimal(0)))


def _recommended(shown: list[dict[str, Any]]) -> dict[str, Any]:
    """The best outcome; among equal ones the fewest open questions, then the most money. Leave alone pays nothing, and
    one's own money is better only than what is not fundable.
    """
    order = [item["instrument"] for item in shown]

    def worth(item: dict[str, Any]) -> tuple[int, int, int, Decimal, int]:
        own_money = item["instrument"] == "self_pay"
        outcome = RANK[item["outcome"]] if not own_money else RANK["review"]
        leave_only = item["instrument"] == "th_bildungsfreistellung"
        open_questions = sum(condition["met"] is None for condition in item["conditions"])
        last = -int(own_money) - int(leave_only)
        return (-outcome, last, -open_questions, total(item["amounts"]), -order.index(item["instrument"]))

    return max(shown, key=worth)


def _reason(best: Mapping[str, Any], language: str) -> str:
    if best["instrument"] == "self_pay":
        return {
            "de": "Kein Instrument ist voraussichtlich förderfähig oder zu prüfen.",
            "en": "No instrument is likely to be fundable or worth a review.",
        }[language]
    if best["outcome"] == "review":
        return {"de": "Am aussichtsreichsten, aber zu prüfen.", "en": "The best chance, but to be reviewed."}[language]
    return {
        "de": "Voraussichtlich förderfähig und mit dem höchsten Betrag unter den Instrumenten, die es sind.",
        "en": "Likely fundable, and with the highest amount of those that are.",
    }[language]
