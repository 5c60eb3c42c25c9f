"""README.md is true: its commands, logins, words on the screen and cases of the demo exist."""

from __future__ import annotations

import re
from functools import cache

from app.bootstrap.commands import build_parser
from app.cli import COMMANDS
from app.demo import alliance
from app.demo.stories import STORIES
from app.identity.roles import ROLES
from app.platform.settings import ROOT
from tests.docs.reading import DOCUMENTS, prose, rows, section, text_of, unquoted

PAGE = text_of(ROOT / "README.md")
NOT_OURS = frozenset({"Candidate groups"})
"""Words on the screen of Camunda Modeler."""


def commands() -> dict[str, str]:
    """All commands with their help."""
    actions = build_parser()._subparsers
    assert actions is not None
    parsers = actions._group_actions[0].choices
    assert isinstance(parsers, dict)
    return {name: parser.format_help() for name, parser in parsers.items()}


@cache
def on_the_screen() -> str:
    """German texts of pages, forms, diagrams and tables, and the names of the demo's people."""
    files = [
        *(ROOT / "app").glob("*/translations/de/LC_MESSAGES/messages.po"),
        *(ROOT / "app" / "web" / "templates").glob("*.html"),
        *(ROOT / "processes").rglob("*.bpmn"),
        *(ROOT / "processes").rglob("*.dmn"),
        *(ROOT / "forms").rglob("*.form"),
    ]
    names = [role.name_de for role in ROLES.values()]
    people = [f"{first} {last}" for first, last, *_ in alliance.PEOPLE]
    return "\n".join([*(path.read_text("utf-8") for path in files), *names, *people])


def test_every_command_is_in_the_readme() -> None:
    listed = {unquoted(row[0]).split()[-1] for row in rows(section(PAGE, "For developers"))}
    assert listed == set(commands())


def test_every_command_that_a_document_names_exists() -> None:
    named = {name for page in DOCUMENTS for name in re.findall(r"python3 -m app ([a-z][a-z-]*)", text_of(page))}
    assert named - set(commands()) == set()
    assert set(COMMANDS) <= set(commands())


def test_every_option_in_the_readme_exists() -> None:
    for command, options in re.findall(r"python3 -m app ([a-z-]+)((?: -{1,2}[a-z]+(?: [^\s`#-][^\s`#]*)?)*)", PAGE):
        for option in re.findall(r"--[a-z]+", options):
            assert option in commands()[command], f"{command} {option}"


def test_the_logins_are_those_that_the_demo_prints() -> None:
    start = section(PAGE, "Start")
    listed = [word for word in re.findall(r"`([a-z0-9-]+)`", start) if word in {row[0] for row in alliance.USERS}]
    assert listed == list(alliance.LOGINS)
    assert f"`{alliance.PASSWORD}`" in start


def test_every_role_has_its_row() -> None:
    described = rows(section(PAGE, "Work with it, by role"))
    logins = [login for row in described for login in re.findall(r"`([a-z0-9-]+)`", row[0])]
    assert sorted(logins) == sorted(alliance.LOGINS)
    for role in ROLES.values():
        assert any(role.name_de in row[0] for row in described), role.key


def test_german_words_in_the_readme_stand_on_the_screen() -> None:
    words = re.findall(r"(?<!\*)\*([^*\n]+)\*(?!\*)", re.sub(r"`[^`]*`", "", prose(PAGE)))
    parts = {part for word in words for part in word.split(": ")} - NOT_OURS
    english = {"English"}
    assert parts
    assert {part for part in parts - english if part not in on_the_screen()} == set()


def test_the_cases_to_try_are_in_the_demo() -> None:
    named = set(re.findall(r' in "([^"]+)"', section(PAGE, "Work with it, by role")))
    assert len(named) >= 8
    assert named - {story.title for story in STORIES} == set()


def test_the_tasks_to_try_are_those_at_which_the_cases_stand() -> None:
    forms = {path.stem for path in (ROOT / "forms" / "training_case").glob("*.form")}
    diagrams = "\n".join(path.read_text("utf-8") for path in (ROOT / "processes").rglob("*.bpmn"))
    names = dict(re.findall(r'<bpmn:userTask id="(\w+)" name="([^"]+)"', diagrams))
    stands = {story.title: names.get(story.until or "") for story in STORIES if story.until in forms}
    for task, title in re.findall(r'\*([^*\n]+)\* in "([^"]+)"', section(PAGE, "Work with it, by role")):
        assert stands[title] == task


def test_lines_of_prose_are_short() -> None:
    for page in DOCUMENTS:
        long = [line for line in prose(text_of(page)).splitlines() if len(line) > 130 and not line.startswith("|")]
        assert long == [], page
