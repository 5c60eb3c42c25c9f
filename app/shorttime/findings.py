"""What a plan of short-time work has to be warned about: code, paragraph and text (German)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.platform.calendar import month_end
from app.shorttime import rules
from app.shorttime.rules import Course, Overlap, Plan

Finding = dict[str, str]


@dataclass(frozen=True)
class Staff:
    """Staff of the establishment without apprentices; how many of them lose more than 10 % of their pay."""

    headcount: int | None
    affected: int | None


def find(course: Course, plan: Plan, staff: Staff, hours: Overlap, today: date) -> list[Finding]:
    """All that HR and works council should look at before they confirm; empty if nothing stands out."""
    found = [
        _period(plan),
        _late_notification(plan),
        _double_claim(hours),
        _excluded(course, plan),
        _quorum(plan, staff),
        _late_application(course, today),
    ]
    return [item for item in found if item is not None]


def _finding(code: str, paragraph: str, text: str) -> Finding:
    return {"code": code, "paragraph": paragraph, "text": text}


def _period(plan: Plan) -> Finding | None:
    if plan.first_month is None:
        return _finding("no_plan", "§ 95 SGB III", "Der Zeitraum der Kurzarbeit fehlt; bitte ergänzen.")
    if plan.last_month is not None and month_end(plan.last_month) < plan.first_month:
        text = "Die Kurzarbeit endet vor ihrem Beginn; bitte den Zeitraum berichtigen."
        return _finding("end_before_start", "§ 95 SGB III", text)
    if plan.last_month is None:
        text = "Das Ende der Kurzarbeit ist offen; es gilt die Höchstdauer."
        return _finding("end_open", "§ 104 SGB III", text)
    return None


def _late_notification(plan: Plan) -> Finding | None:
    if plan.first_month is None:
        return None
    if plan.notified_on is None:
        text = "Die Kurzarbeit ist noch nicht angezeigt; gezahlt wird erst ab dem Monat der Anzeige."
        return _finding("not_notified", "§ 99 Abs. 2 SGB III", text)
    if plan.notified_on.replace(day=1) > plan.first_month.replace(day=1):
        text = "Die Anzeige kam nach dem ersten Monat; gezahlt wird erst ab dem Monat der Anzeige."
        return _finding("late_notification", "§ 99 Abs. 2 SGB III", text)
    return None


def _double_claim(hours: Overlap) -> Finding | None:
    if not hours.double_claim:
        return None
    text = (
        f"{_german(hours.double_claim)} Kursstunden je Person fallen in die Kurzarbeit: dafür dürfen nicht "
        "zugleich Arbeitsentgeltzuschuss und Kurzarbeitergeld beantragt werden."
    )
    return _finding("double_claim", "§ 82 Abs. 3, § 95 SGB III", text)


def _excluded(course: Course, plan: Plan) -> Finding | None:
    if course.start > rules.EXCLUDED_UNTIL or not rules.starts_inside(course, plan):
        return None
    text = "Der Kurs beginnt während der Kurzarbeit: bis 31.07.2024 schloss das die Förderung nach § 82 aus."
    return _finding("starts_in_short_time", "§ 82, § 106a SGB III", text)


def _quorum(plan: Plan, staff: Staff) -> Finding | None:
    if plan.first_month is None or not staff.headcount or staff.affected is None:
        return None
    needed = rules.quorum_needed(staff.headcount, plan.first_month)
    if staff.affected >= needed:
        return None
    text = f"Betroffen sind {staff.affected} Beschäftigte, nötig sind {needed} von {staff.headcount}."
    return _finding("quorum_missed", "§ 96 Abs. 1 Satz 1 Nr. 4 SGB III", text)


def _late_application(course: Course, today: date) -> Finding | None:
    if today <= rules.latest_application(course.start):
        return None
    if today < course.start:
        text = "Bis zum Kursbeginn liegt kein Arbeitstag mehr; der Antrag muss vorher eingehen."
    else:
        text = "Der Kurs hat schon begonnen; der Antrag hätte vorher eingehen müssen."
    return _finding("application_late", "§ 324 Abs. 1 SGB III", text)


def _german(number: Decimal) -> str:
    return f"{number:f}".removesuffix(".00").replace(".", ",")
