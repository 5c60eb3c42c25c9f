"""Use cases of the company register: list, look at, create, change, dated facts; pooled counts instead of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.identity.actor import Actor
from app.identity.models import Organisation
from app.identity.policy import permit_roles
from app.identity.roles import ADMIN, COORDINATOR, HR
from app.platform import db, paging
from app.platform.clock import local_date
from app.platform.ids import new_id
from app.platform.preconditions import require_match
from app.platform.problems import NotFound
from app.registers import changes, organisations
from app.registers.changes import Change
from app.registers.company_views import Parts, company_view, facts_view, view_with
from app.registers.fields import COMPANY_DATED, shown
from app.registers.findings import field_errors
from app.registers.models import ClusterMember, CompanyFacts, Employee, Site
from app.registers.problems import ImplausibleFacts, NotYourField
from app.registers.reading import at_work_on, employees_as_of
from app.registers.rules import implausible_company, pooled
from app.registers.scope import classes_for, etag_of, visible_companies

NAMING, LOCAL = frozenset({"name", "short_name"}), frozenset({"sites", "clusters"})
WHO_CHANGES: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(NAMING, frozenset({ADMIN})),
    "sites": frozenset({HR, ADMIN}),
    "clusters": frozenset({HR, ADMIN, COORDINATOR}),
}
FULL_TIME_FROM = 35
"""Weekly hours from which a person does not count as part-time in the pooled counts."""


@dataclass(frozen=True)
class CompanyQuery:
    """What a list of companies is asked for; every field may stay empty."""

    q: str | None = None
    cluster: str | None = None
    branch: str | None = None
    cursor: str | None = None
    limit: int | None = None


def roles_at(actor: Actor, company_id: str) -> frozenset[str]:
    """Roles of ``actor`` that count for this company: alliance-wide ones and those held in it."""
    return frozenset(grant.role for grant in actor.grants if actor.acts_for(grant.role, company_id) is not None)


def list_companies(session: Session, actor: Actor, query: CompanyQuery, now: datetime) -> dict[str, Any]:
    """``{"items": [company…], "next": cursor or None}``, by name, each with the facts of today."""
    statement = sa.select(Organisation).where(visible_companies(actor))
    if query.q:
        statement = statement.where(db.matches(query.q, Organisation.name, Organisation.short_name))
    if query.cluster:
        members = sa.select(ClusterMember.company_id).where(ClusterMember.cluster == query.cluster)
        statement = statement.where(Organisation.id.in_(members))
    if query.branch:
        branch = sa.select(CompanyFacts.company_id).where(CompanyFacts.branch == query.branch)
        statement = statement.where(Organisation.id.in_(branch))
    rows, following = paging.fetch(
        session, statement, Organisation.name, Organisation.id, cursor=query.cursor, limit=query.limit
    )
    parts = Parts.of(session, [row.Organisation.id for row in rows], local_date(now))
    return {"items": [view_with(row.Organisation, actor, parts) for row in rows], "next": following}


def get_company(session: Session, actor: Actor, company_id: str, now: datetime) -> dict[str, Any]:
    """A company with sites, clusters, the facts of today and pooled counts of its people. Raises NotFound."""
    company = _load(session, actor, company_id, "companies_api.get_company")
    view = company_view(session, company, actor, local_date(now))
    return {**view, "workforce": workforce(session, company_id, local_date(now)), "etag": etag_of(view)}


def create_company(session: Session, actor: Actor, values: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """A new company without people and facts. Raises NameTaken."""
    company = organisations.create(session, actor, "company", values, now)
    return get_company(session, actor, company.id, now)


def change_company(
    session: Session, actor: Actor, company_id: str, values: Mapping[str, Any], now: datetime, if_match: str | None
) -> dict[str, Any]:
    """Change name, sites or clusters. Raises NotFound, Forbidden, NotYourField, StaleVersion, NameTaken."""
    company = _load(session, actor, company_id, "companies_api.change_company", lock=True)
    roles = roles_at(actor, company_id)
    if any(not roles & WHO_CHANGES[key] for key in values):
        raise NotYourField
    before = company_view(session, company, actor, local_date(now))
    require_match(if_match, etag_of(before))
    organisations.rename(session, company, values)
    _set_parts(session, company_id, values)
    after = company_view(session, company, actor, local_date(now))
    changed = Change("company", company_id, company_id, before, after)
    changes.record(session, now, actor.user_id, [changed], on_behalf_of(actor, company_id))
    return get_company(session, actor, company_id, now)


def list_facts(session: Session, actor: Actor, company_id: str) -> dict[str, Any]:
    """All dated facts of a company, the latest first. Raises NotFound, Forbidden."""
    _load(session, actor, company_id, "companies_api.list_facts")
    rows = session.scalars(
        sa.select(CompanyFacts)
        .where(CompanyFacts.company_id == company_id)
        .order_by(CompanyFacts.valid_from.desc())
        .execution_options(populate_existing=True)
    )
    classes = classes_for(actor, company_id)
    items = [shown(facts_view(row), classes) for row in rows]
    return {"items": items, "next": None, "etag": etag_of({"items": items})}


def record_facts(
    session: Session, actor: Actor, company_id: str, values: Mapping[str, Any], now: datetime, if_match: str | None
) -> dict[str, Any]:
    """Record what holds from ``valid_from`` on; the same day again is a correction.

    Raises NotFound, Forbidden, ImplausibleFacts, StaleVersion.
    """
    _load(session, actor, company_id, "companies_api.record_facts", lock=True)
    require_match(if_match, list_facts(session, actor, company_id)["etag"])
    wrong = field_errors(implausible_company(values))
    if wrong:
        raise ImplausibleFacts(wrong)
    key = sa.and_(CompanyFacts.company_id == company_id, CompanyFacts.valid_from == values["valid_from"])
    row = session.scalar(sa.select(CompanyFacts).where(key))
    before = None if row is None else facts_view(row)
    if row is None:
        row = CompanyFacts(id=new_id(), company_id=company_id, valid_from=values["valid_from"])
        session.add(row)
    for name in COMPANY_DATED:
        setattr(row, name, values[name])
    session.flush()
    changed = Change("company_facts", company_id, company_id, before, facts_view(row))
    changes.record(session, now, actor.user_id, [changed], on_behalf_of(actor, company_id))
    return list_facts(session, actor, company_id)


def on_behalf_of(actor: Actor, company_id: str) -> str | None:
    """For whom ``actor`` stands in at this company, None for oneself."""
    grant = actor.acts_for(HR, company_id)
    return None if grant is None else grant.on_behalf_of


def workforce(session: Session, company_id: str, day: date) -> dict[str, int | None]:
    """Pooled counts of a company's people; groups smaller than 5 are hidden (domain § 6)."""
    rows = employees_as_of(day).where(Employee.company_id == company_id, at_work_on(day)).subquery()
    hours = sa.func.coalesce(rows.c.weekly_hours_1, rows.c.weekly_hours)
    qualified = sa.func.coalesce(rows.c.has_qualification_1, rows.c.has_qualification)
    counted = session.execute(
        sa.select(
            sa.func.count().label("total"),
            sa.func.count(sa.case((hours < FULL_TIME_FROM, 1))).label("part_time"),
            sa.func.count(sa.case((qualified.is_(False), 1))).label("without_qualification"),
        ).select_from(rows)
    ).one()
    return pooled(
        counted.total, {"part_time": counted.part_time, "without_qualification": counted.without_qualification}
    )


def clusters(session: Session, actor: Actor) -> list[str]:
    """Names of the clusters of the companies in sight."""
    seen = sa.select(Organisation.id).where(visible_companies(actor))
    return list(
        session.scalars(
            sa.select(ClusterMember.cluster).where(ClusterMember.company_id.in_(seen)).distinct().order_by("cluster")
        )
    )


def _load(session: Session, actor: Actor, company_id: str, endpoint: str, *, lock: bool = False) -> Organisation:
    statement = sa.select(Organisation).where(Organisation.id == company_id, visible_companies(actor))
    if lock:
        statement = statement.with_for_update()
    company = session.scalar(statement.execution_options(populate_existing=True))
    if company is None:
        raise NotFound
    permit_roles(roles_at(actor, company_id), endpoint)
    return company


def _set_parts(session: Session, company_id: str, values: Mapping[str, Any]) -> None:
    """Sites and clusters are given as a whole."""
    if "sites" in values:
        session.execute(sa.delete(Site).where(Site.company_id == company_id))
        if values["sites"]:
            db.insert(session, Site, [{"id": new_id(), "company_id": company_id, **site} for site in values["sites"]])
    if "clusters" in values:
        session.execute(sa.delete(ClusterMember).where(ClusterMember.company_id == company_id))
        if names := sorted(set(values["clusters"])):
            db.insert(session, ClusterMember, [{"company_id": company_id, "cluster": name} for name in names])
