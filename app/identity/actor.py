"""Who is asking: a user with everything that user may act as right now."""

from __future__ import annotations

from dataclasses import dataclass

from app.identity.roles import ALLIANCE_ROLES, PUBLIC_DATA, visible_classes


@dataclass(frozen=True, slots=True)
class Grant:
    """One role in one organisation; ``on_behalf_of`` is the user id of the member a deputy stands in for."""

    role: str
    organisation_id: str
    organisation_name: str
    organisation_kind: str
    employee_id: str | None = None
    on_behalf_of: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in user; the user's own grants come before deputised ones.

    ``account`` is False for a participant who acts by a link: ``user_id`` is then the id of the link.
    """

    user_id: str
    login: str
    name: str
    grants: tuple[Grant, ...] = ()
    account: bool = True

    @property
    def roles(self) -> frozenset[str]:
        """Every role this actor holds somewhere."""
        return frozenset(grant.role for grant in self.grants)

    @property
    def employee_ids(self) -> frozenset[str]:
        """Rows of employee registers that are this person."""
        return frozenset(
            grant.employee_id for grant in self.grants if grant.employee_id is not None and grant.on_behalf_of is None
        )

    def has_role(self, *roles: str) -> bool:
        """Whether the actor holds one of ``roles`` in any organisation."""
        return any(grant.role in roles for grant in self.grants)

    def organisations(self, *roles: str) -> frozenset[str]:
        """Ids of the organisations in which the actor holds one of ``roles`` (any role if none is named)."""
        return frozenset(grant.organisation_id for grant in self.grants if not roles or grant.role in roles)

    def acts_for(self, role: str, organisation_id: str | None) -> Grant | None:
        """The grant by which this actor may do what ``role`` of ``organisation_id`` may do, or None.

        Alliance roles count everywhere; any other role needs the very organisation, so None finds nothing for
        it. An own grant is preferred to a deputised one.
        """
        fitting = [
            grant
            for grant in self.grants
            if grant.role == role and (role in ALLIANCE_ROLES or grant.organisation_id == organisation_id)
        ]
        return min(fitting, key=lambda grant: grant.on_behalf_of is not None, default=None)

    def visible_classes(self, *roles: str) -> frozenset[str]:
        """Sensitivity classes visible to the actor, if ``roles`` are named: through these roles only.

        Name the roles that make the actor party of a case: who is HR in one company and a provider elsewhere
        sees a case of the provider as a provider.
        """
        held = self.roles if not roles else self.roles.intersection(roles)
        return PUBLIC_DATA.union(*(visible_classes(role) for role in held))
