"""Companies as they are shown: with the sites, clusters and facts that belong to them on a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.identity.actor import Actor
from app.identity.models import Organisation
from app.registers.fields import COMPANY_DATED
from app.registers.models import ClusterMember, CompanyFacts, Site
from app.registers.reading import facts_in_force
from app.registers.rules import weighted
from app.registers.scope import classes_for


@dataclass(frozen=True)
class Parts:
    """What belongs to some companies on a day, by company: three statements, however many they are."""

    sites: Mapping[str, list[dict[str, str]]]
    clusters: Mapping[str, list[str]]
    facts: Mapping[str, CompanyFacts]

    @classmethod
    def of(cls, session: Session, ids: Sequence[str], day: date) -> Parts:
        """The parts of the companies ``ids``."""
        sites: dict[str, list[dict[str, str]]] = {}
        for site in session.scalars(sa.select(Site).where(Site.company_id.in_(ids)).order_by(Site.name, Site.id)):
            place = {"name": site.name, "postcode": site.postcode, "town": site.town}
            sites.setdefault(site.company_id, []).append(place)
        named: dict[str, list[str]] = {}
        members = sa.select(ClusterMember).where(ClusterMember.company_id.in_(ids))
        for member in session.scalars(members.order_by(ClusterMember.cluster)):
            named.setdefault(member.company_id, []).append(member.cluster)
        return cls(sites, named, facts_in_force(session, ids, day))


def facts_view(row: CompanyFacts) -> dict[str, Any]:
    """A row of dated facts."""
    return {"valid_from": row.valid_from, **{name: getattr(row, name) for name in COMPANY_DATED}}


def company_view(session: Session, company: Organisation, actor: Actor, day: date) -> dict[str, Any]:
    """One company as ``actor`` sees it on ``day``."""
    return view_with(company, actor, Parts.of(session, [company.id], day))


def view_with(company: Organisation, actor: Actor, parts: Parts) -> dict[str, Any]:
    """A company as ``actor`` sees it, ``parts`` being what belongs to it."""
    facts = parts.facts.get(company.id)
    view: dict[str, Any] = {
        "id": company.id,
        "name": company.name,
        "short_name": company.short_name,
        "sites": parts.sites.get(company.id, []),
        "clusters": parts.clusters.get(company.id, []),
        "facts": None,
    }
    if facts is not None and "case" in classes_for(actor, company.id):
        heads, quarters = weighted(facts_view(facts))
        view["facts"] = {**facts_view(facts), "heads": heads, "weighted_quarters": quarters}
    return view
