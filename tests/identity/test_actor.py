"""What an actor may act as."""

from __future__ import annotations

import pytest

from app.identity.actor import Actor, Grant
from app.identity.roles import ALLIANCE_ROLES, COMPANY_ROLES, ROLES, visible_classes

ALLIANCE, ACME, BOLT = "org-alliance", "org-acme", "org-bolt"


def grant(role: str, organisation: str, on_behalf_of: str | None = None, employee: str | None = None) -> Grant:
    return Grant(role, organisation, organisation.title(), "company", employee, on_behalf_of)


def actor(*grants: Grant) -> Actor:
    return Actor("user-1", "hr", "Hanna Roth", grants)


def test_hr_acts_for_its_own_company_only() -> None:
    hr = actor(grant("hr", ACME))
    assert hr.acts_for("hr", ACME) == hr.grants[0]
    assert hr.acts_for("hr", BOLT) is None
    assert hr.acts_for("works_council", ACME) is None


def test_a_company_role_without_a_company_finds_nobody() -> None:
    assert actor(grant("hr", ACME)).acts_for("hr", None) is None


@pytest.mark.parametrize("role", sorted(ALLIANCE_ROLES))
@pytest.mark.parametrize("organisation", [None, ACME])
def test_an_alliance_role_counts_everywhere(role: str, organisation: str | None) -> None:
    assert actor(grant(role, ALLIANCE)).acts_for(role, organisation) is not None


def test_an_own_grant_comes_before_a_deputised_one() -> None:
    both = actor(grant("hr", ACME, on_behalf_of="user-2"), grant("hr", ACME))
    found = both.acts_for("hr", ACME)
    assert found is not None
    assert found.on_behalf_of is None


def test_a_deputy_acts_on_behalf_of_the_member() -> None:
    found = actor(grant("hr", BOLT), grant("hr", ACME, on_behalf_of="user-2")).acts_for("hr", ACME)
    assert found is not None
    assert found.on_behalf_of == "user-2"


def test_roles_and_organisations() -> None:
    several = actor(grant("hr", ACME), grant("employee", ACME, employee="row-7"), grant("provider", BOLT))
    assert several.roles == {"hr", "employee", "provider"}
    assert several.has_role("admin", "provider")
    assert not several.has_role("admin")
    assert not several.has_role()
    assert several.organisations("hr") == {ACME}
    assert several.organisations("hr", "provider") == {ACME, BOLT}
    assert several.organisations() == {ACME, BOLT}
    assert several.employee_ids == {"row-7"}


def test_nobody_is_another_persons_register_row() -> None:
    assert actor(grant("employee", ACME, on_behalf_of="user-2", employee="row-7")).employee_ids == frozenset()


@pytest.mark.parametrize(
    ("role", "hidden"),
    [
        ("hr", set()),
        ("funding_adviser", set()),
        ("employee", set()),
        ("coordinator", {"special"}),
        ("works_council", {"special"}),
        ("auditor", {"special"}),
        ("provider", {"special", "case"}),
        ("cluster_partner", {"special", "case", "personal"}),
        ("admin", {"special", "case", "personal"}),
        ("no_such_role", {"special", "case", "personal"}),
    ],
)
def test_who_sees_which_class_of_data(role: str, hidden: set[str]) -> None:
    assert visible_classes(role) == {"public", "case", "personal", "special"} - hidden


def test_an_actor_sees_what_any_of_the_named_roles_sees() -> None:
    both = actor(grant("hr", ACME), grant("provider", BOLT))
    assert "special" in both.visible_classes()
    assert both.visible_classes("provider") == {"public", "personal"}
    assert both.visible_classes("auditor") == {"public"}, "a role the actor does not hold adds nothing"
    assert actor().visible_classes() == {"public"}


def test_every_role_has_its_two_names() -> None:
    assert len(ROLES) == 9
    assert ROLES["works_council"].name("de") == "Betriebsrat"
    assert ROLES["works_council"].name("en") == "Works council"
    assert ALLIANCE_ROLES | COMPANY_ROLES | {"provider"} == set(ROLES)
