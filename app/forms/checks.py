"""The gate for form files: everything that would not work in browser and server alike, as findings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.forms import checks_component, checks_condition
from app.forms.answers import check_answers
from app.forms.fields import VALUES_KEYS, FieldDefinition
from app.forms.levels import Level, build_level
from app.forms.problems import InvalidForm
from app.forms.source import FormSource, read_source
from app.platform.findings import Finding

SCHEMA_VERSION: Final = 19
"""The newest form-js schema the shipped viewer (2.0) reads."""
MAX_DEPTH: Final = 8
MAX_COMPONENTS: Final = 500

_ROOT_KEYS: Final = frozenset({"type", "id", "schemaVersion", "components"})
_EDITOR_KEYS: Final = frozenset({"exporter", "executionPlatform", "executionPlatformVersion", "versionTag"})
"""What form editors add to a file; form-js ignores it."""
_CONTAINERS: Final = ("group", "dynamiclist")
_ID: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}")


@dataclass(frozen=True)
class Place:
    """A component in the tree: with the components around it, outermost first."""

    component: Mapping[str, Any]
    around: tuple[Mapping[str, Any], ...]


def check_form(data: bytes, filename: str) -> list[Finding]:
    """All findings of a form file; empty means that it may be used."""
    try:
        source = read_source(data, filename)
    except InvalidForm as invalid:
        return list(invalid.findings)
    findings = check_source(source)
    if not findings:
        findings = list(_examples(source, build_level(source.raw["components"])))
    return findings


def check_source(source: FormSource) -> list[Finding]:
    """Findings about the structure; without one, the form can be built."""
    findings = list(_root(source))
    if findings:
        return findings
    places: list[Place] = []
    findings = list(_tree(source, source.raw["components"], (), places))
    if findings:
        return findings
    findings += _doubles(source, places)
    for place in places:
        for said in checks_component.check(place.component):
            findings.append(source.finding(place.component["id"], said.rule, said.de, said.en))
    if not findings:
        for component, said in checks_condition.check([(p.component, p.around) for p in places]):
            findings.append(source.finding(component["id"], said.rule, said.de, said.en))
    return findings


def _root(source: FormSource) -> Iterator[Finding]:
    raw = source.raw
    if raw.get("type") != "default":
        yield source.finding("", "form_type", "„type“ muss „default“ sein.", '"type" must be "default".')
    if raw.get("id") != source.stem:
        yield source.finding(
            raw.get("id"),
            "form_id",
            f"„id“ muss wie die Datei heißen: „{source.stem}“.",
            f'"id" must be the name of the file: "{source.stem}".',
        )
    version = raw.get("schemaVersion")
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= SCHEMA_VERSION:
        yield source.finding(
            "",
            "schema_version",
            f"„schemaVersion“ muss eine Zahl bis {SCHEMA_VERSION} sein.",
            f'"schemaVersion" must be a number up to {SCHEMA_VERSION}.',
        )
    for key in sorted(set(raw) - _ROOT_KEYS - _EDITOR_KEYS):
        yield source.finding("", "unknown_attribute", f"„{key}“ ist hier unbekannt.", f'"{key}" is unknown here.')
    if not isinstance(raw.get("components"), list) or not raw["components"]:
        yield source.finding("", "empty_form", "Das Formular ist leer.", "The form is empty.")


def _tree(
    source: FormSource, components: list[Any], around: tuple[Mapping[str, Any], ...], places: list[Place]
) -> Iterator[Finding]:
    """Walk the tree into ``places``; findings about what cannot be walked."""
    for component in components:
        if len(places) >= MAX_COMPONENTS or len(around) >= MAX_DEPTH:
            yield source.finding("", "too_complex", "Das Formular ist zu groß.", "The form is too large.")
            return
        if not isinstance(component, dict) or not isinstance(component.get("type"), str):
            yield source.finding(
                "",
                "component",
                "Ein Element ist kein Objekt mit „type“.",
                'A component is no object with a "type".',
            )
            continue
        name = component.get("id")
        if not isinstance(name, str) or not _ID.fullmatch(name):
            yield source.finding(
                name,
                "component_id",
                f"Ein Element ({component['type']}) hat keine brauchbare „id“.",
                f'A component ({component["type"]}) has no usable "id".',
            )
            continue
        places.append(Place(component, around))
        if component["type"] in _CONTAINERS:
            children = component.get("components")
            if not isinstance(children, list) or not children:
                yield source.finding(name, "empty_group", "Die Gruppe ist leer.", "The group is empty.")
                continue
            yield from _tree(source, children, (*around, component), places)


def _doubles(source: FormSource, places: list[Place]) -> Iterator[Finding]:
    """Ids that occur twice in the file, keys that occur twice in one object of answers."""
    seen: set[tuple[str, ...]] = {("id", source.raw["id"])}
    for place in places:
        name = place.component["id"]
        lists = tuple(c["id"] for c in place.around if c["type"] == "dynamiclist")
        marks = [("id", name)]
        if "key" in place.component or place.component["type"] == "dynamiclist":
            marks.append(("key", *lists, str(place.component.get("key") or place.component.get("path"))))
        for mark in marks:
            if mark in seen:
                what = mark[0]
                yield source.finding(
                    name,
                    f"duplicate_{what}",
                    f"„{what}“ {mark[-1]} kommt doppelt vor.",
                    f'"{what}" {mark[-1]} occurs twice.',
                )
            seen.add(mark)


def _examples(source: FormSource, level: Level) -> Iterator[Finding]:
    """Examples that are no valid answers; hidden inputs are looked at like all others."""
    offered = {key: [{"value": f"{key}-{n}", "label": key} for n in (1, 2)] for key in VALUES_KEYS}
    broken = set()
    for field in level.all_fields():
        try:
            field.example_answer(offered)
        except ValueError:
            broken.add(field.key)
            yield _example(source, field, "kein gültiges JSON", "not valid JSON")
    if broken:
        return
    shown = build_level([_without_conditions(component) for component in source.raw["components"]])
    for objection in check_answers(shown, level.examples(offered), {}, offered).objections:
        if objection.field is not None:
            yield _example(source, objection.field, objection.complaint.code, objection.complaint.code)


def _without_conditions(component: Mapping[str, Any]) -> dict[str, Any]:
    copy = {key: value for key, value in component.items() if key != "conditional"}
    if "components" in copy:
        copy["components"] = [_without_conditions(child) for child in copy["components"]]
    return copy


def _example(source: FormSource, field: FieldDefinition, why_de: str, why_en: str) -> Finding:
    return source.finding(
        field.component["id"],
        "bad_example",
        f"Das Beispiel „{field.example}“ ist keine gültige Antwort ({why_de}).",
        f'The example "{field.example}" is no valid answer ({why_en}).',
    )
