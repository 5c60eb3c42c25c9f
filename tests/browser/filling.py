"""Filling a task's form as a person does: field by field, by what stands on the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from playwright.sync_api import Locator, Page

from app.demo.walker import examples
from app.forms.definition import load_form
from app.platform import codec
from app.platform.clock import local_date, utcnow

_ISLAND = "document.getElementById('task-form').dataset.island"


def fill_with_examples(page: Page, changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Fill the open form with its examples, overlaid with ``changes``; returns what was entered."""
    island = codec.loads(page.evaluate(_ISLAND))
    schema = island["schema"]
    answers = examples(load_form(codec.dumps(schema), schema["id"]), island["options"], local_date(utcnow()))
    answers.update(changes or {})
    entered = {}
    for component in components(schema):
        value = answers.get(component.get("key", ""))
        if value is not None and _fill(page, component, value, island["options"]):
            entered[component["key"]] = value
    return entered


def components(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """All components, groups opened."""
    for component in schema.get("components", ()):
        yield component
        yield from components(component)


def _fill(page: Page, component: Mapping[str, Any], value: Any, options: Mapping[str, Any]) -> bool:
    """Enter one value; False if the form hides the field."""
    kind, key = component["type"], component["id"]
    suffix = {"datetime": "-date", "radio": "-0", "checklist": "-0"}.get(kind, "")
    field = page.locator(f'[id^="fjs-form-"][id$="-{key}{suffix}"]')
    if field.count() == 0 or not field.first.is_visible():
        return False
    offered = component.get("values") or options.get(component.get("valuesKey", ""), [])
    if kind == "datetime":
        field.fill(f"{value[8:]}.{value[5:7]}.{value[:4]}")
        field.press("Tab")
    elif kind == "radio":
        place = [option["value"] for option in offered].index(value)
        page.locator(f'[id^="fjs-form-"][id$="-{key}-{place}"]').check()
    elif kind == "checkbox":
        field.set_checked(bool(value))
    elif kind == "select":
        field.select_option(label=_label(offered, value))
    elif kind == "taglist":
        _choose_tags(page, field, [_label(offered, item) for item in value])
    else:
        field.fill(str(value))
        field.press("Tab")
    return True


def _choose_tags(page: Page, field: Locator, labels: list[str]) -> None:
    for label in labels:
        if page.locator(".fjs-taglist-tag", has_text=label).count() == 0:
            field.click()
            page.locator(".fjs-dropdownlist-item", has_text=label).first.click()
    page.keyboard.press("Tab")


def _label(offered: list[Mapping[str, Any]], value: Any) -> str:
    return next(str(option["label"]) for option in offered if option["value"] == value)
