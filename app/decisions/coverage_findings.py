"""Findings about overlaps and gaps: what the coverage check says, in words."""

from __future__ import annotations

from collections.abc import Mapping

from app.decisions.coverage import Coverage, Overlap, check_coverage
from app.decisions.hit_policies import HitPolicy
from app.decisions.reading import Reading
from app.decisions.table import DecisionTable
from app.decisions.xml_source import Element


def report_coverage(reading: Reading, element: Element, table: DecisionTable) -> None:
    """Report overlaps the hit policy forbids, gaps nobody acknowledged, and rules that can never match."""
    coverage = check_coverage(table)
    en, de = f"table '{table.name}'", f"Tabelle „{table.name}“"
    for rule in coverage.dead:
        reading.report(
            element,
            "dead-rule",
            f"{en}, rule {rule.name} can never match",
            f"{de}, Regel {rule.name} kann nie passen",
            severity="warning",
        )
    for rule in coverage.unchecked if table.policy.is_single else ():
        reading.report(
            element,
            "unchecked",
            f"{en}, rule {rule.name} reads other values; overlaps with it show only when it is used",
            f"{de}, Regel {rule.name} liest andere Werte; Überschneidungen zeigen sich erst beim Auswerten",
            severity="warning",
        )
    if table.policy in (HitPolicy.UNIQUE, HitPolicy.ANY):
        for overlap in coverage.overlaps:
            _report_overlap(reading, element, (en, de), overlap)
    if table.policy.is_single and not table.gaps_acknowledged and not _has_default(table):
        _report_gaps(reading, element, (en, de), coverage)
    if table.policy.is_single and not coverage.complete:
        reading.report(
            element,
            "size",
            f"{en} has too many values or combinations to be checked for overlaps and gaps",
            f"{de} hat zu viele Werte oder Kombinationen, um Überschneidungen und Lücken zu suchen",
        )


def _has_default(table: DecisionTable) -> bool:
    return any(output.default is not None for output in table.outputs)


def _report_overlap(reading: Reading, element: Element, place: tuple[str, str], overlap: Overlap) -> None:
    names, point = f"{overlap.first.name}", _words(overlap.witness)
    reading.report(
        element,
        "overlap",
        f"{place[0]}: rules {names} and {overlap.second.name} both match {point}",
        f"{place[1]}: die Regeln {names} und {overlap.second.name} passen beide auf {point}",
    )


def _report_gaps(reading: Reading, element: Element, place: tuple[str, str], coverage: Coverage) -> None:
    for gap in coverage.gaps:
        reading.report(
            element,
            "gap",
            f"{place[0]}: no rule matches {_words(gap)}; add one, or write 'gaps acknowledged: reason' "
            "into the description of the decision",
            f"{place[1]}: keine Regel passt auf {_words(gap)}; ergänzen Sie eine, oder schreiben Sie "
            "„gaps acknowledged: Begründung“ in die Beschreibung der Entscheidung",
        )


def _words(witness: Mapping[str, str]) -> str:
    return ", ".join(f"{label} = {value}" for label, value in witness.items())
