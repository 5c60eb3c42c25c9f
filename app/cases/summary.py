"""The case file in readable form: what each completed form said, as far as the reader may see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.cases.formats import day, with_signs
from app.cases.redaction import Sight
from app.engine.catalogue import LoadedDefinition
from app.engine.model import Element
from app.identity.roles import ALL_DATA
from app.platform.i18n import _

LAYOUT = frozenset({"text", "spacer", "separator", "html", "image", "button"})


def sections(
    definition: LoadedDefinition,
    variables: Mapping[str, Any],
    sight: Sight,
    language: str,
    *,
    skip: str = "",
) -> list[dict[str, Any]]:
    """One section per form that was answered, in the order of the diagrams: ``{element, title, items: [{key,
    label, value}]}``.

    A multi-instance form gives one section per answer. ``skip`` leaves out the form that is being filled in.
    """
    found = []
    order = list(definition.manifest.phases)
    tasks = sorted(
        definition.model.user_tasks(), key=lambda task: order.index(task.process) if task.process in order else 99
    )
    for task in tasks:
        if task.id == skip or task.id not in definition.forms:
            continue
        for title, answers, seen in _answers(task, variables, sight, definition):
            items = _items(definition, task.id, answers, variables, seen, language)
            if items:
                found.append({"element": task.id, "title": title, "items": items})
    return found


def notes(
    definition: LoadedDefinition, variables: Mapping[str, Any], element: str, sight: Sight, language: str
) -> list[dict[str, str]]:
    """Remarks that others left for whoever works on ``element`` now: texts of forms that lead back to it."""
    model = definition.model
    process = model.elements[element].process
    found = []
    for task in model.user_tasks():
        if task.process == process and task.id != element and task.element_variable is None:
            for component in components(definition.forms[task.id].localised(language)):
                key, text = component.get("key", ""), variables.get(component.get("key", ""))
                if key.endswith(("_note", "_reason")) and text and sight.shows(key, definition):
                    found.append(
                        {"from": definition.element_name(task.id), "label": label_of(component), "text": str(text)}
                    )
    return found


def _answers(
    task: Element, variables: Mapping[str, Any], sight: Sight, definition: LoadedDefinition
) -> Iterator[tuple[str, Mapping[str, Any], Sight]]:
    """Title, answers and the sight that holds for them: one's own are shown in full."""
    given = replace(sight, classes=ALL_DATA) if task.id in sight.elements else sight
    collected = task.prop("outputCollection")
    if collected is None:
        yield definition.element_name(task.id), variables, given
        return
    names = {
        item.get("employee") or item.get("organisation"): item.get("name", "")
        for item in _rows(variables, task.collection)
    }
    for answers in _rows(variables, collected):
        seen = sight.of_own() if sight.owns(answers) else given
        name = names.get(answers.get("id"), "") if seen.shows("name", definition) else ""
        title = definition.element_name(task.id)
        yield (f"{title}: {name}" if name else title), answers, seen


def _rows(variables: Mapping[str, Any], source: str | None) -> list[Mapping[str, Any]]:
    rows = variables.get((source or "").removeprefix("="))
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _items(
    definition: LoadedDefinition,
    form: str,
    answers: Mapping[str, Any],
    variables: Mapping[str, Any],
    sight: Sight,
    language: str,
) -> list[dict[str, str]]:
    found = []
    for component in components(definition.forms[form].localised(language)):
        key = component.get("key", "")
        value = answers.get(key)
        if key not in answers or value in (None, "", []) or not sight.shows(key, definition):
            continue
        found.append(
            {
                "key": key,
                "label": label_of(component),
                "value": _text(component, value, variables, language),
            }
        )
    return found


def label_of(component: Mapping[str, Any]) -> str:
    """What the field is called on the form; date fields call it ``dateLabel``."""
    return str(component.get("label") or component.get("dateLabel") or component.get("key", ""))


def components(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """All input components of a form-js schema, groups opened."""
    for component in schema.get("components", ()):
        if component.get("type") in LAYOUT:
            continue
        if component.get("type") == "group":
            yield from components(component)
        else:
            yield component


def _text(component: Mapping[str, Any], value: Any, variables: Mapping[str, Any], language: str) -> str:
    labels = {option.get("value"): str(option.get("label")) for option in component.get("values", ())}
    known = {
        row.get("employee") or row.get("organisation") or row.get("value"): row for row in _known(component, variables)
    }
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_option(item, labels, known) for item in value)
    if isinstance(value, int | Decimal):
        return with_signs(f"{value:,}", language)
    if isinstance(value, str) and component.get("type") == "datetime" and len(value) == 10:
        return day(value, language)
    return _option(value, labels, known)


def _option(value: Any, labels: Mapping[Any, str], known: Mapping[Any, Mapping[str, Any]]) -> str:
    if value in labels:
        return labels[value]
    row = known.get(value)
    return str(row.get("name") or row.get("label") or value) if row is not None else str(value)


def _known(component: Mapping[str, Any], variables: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Rows of the case that give ids behind a ``valuesKey`` their names."""
    if not component.get("valuesKey"):
        return []
    return [row for source in ("participants", "quote_requests", "ranking_options") for row in _rows(variables, source)]
