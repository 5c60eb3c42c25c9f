"""Use cases of the provider register: profile and AZAV certificates with their last days."""

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
from app.identity.roles import ADMIN
from app.platform import db, paging
from app.platform.clock import local_date
from app.platform.ids import new_id
from app.platform.preconditions import require_match
from app.platform.problems import NotFound
from app.registers import changes, organisations
from app.registers.changes import Change
from app.registers.companies import roles_at
from app.registers.findings import field_errors
from app.registers.models import Certificate, ProviderProfile
from app.registers.problems import ImplausibleFacts, NotYourField
from app.registers.rules import certificate_fault
from app.registers.scope import etag_of, visible_providers

PROFILE = ("description", "email", "phone", "town")
CERTIFICATE = ("kind", "title", "number", "issuer", "valid_from", "valid_until")
EXPIRES_SOON_DAYS = 90


@dataclass(frozen=True)
class ProviderQuery:
    """What a list of providers is asked for; every field may stay empty."""

    q: str | None = None
    cursor: str | None = None
    limit: int | None = None


def list_providers(session: Session, actor: Actor, query: ProviderQuery, now: datetime) -> dict[str, Any]:
    """``{"items": [provider…], "next": cursor or None}`` by name, each with its certificates."""
    statement = sa.select(Organisation).where(visible_providers(actor))
    if query.q:
        statement = statement.where(db.matches(query.q, Organisation.name, Organisation.short_name))
    rows, following = paging.fetch(
        session, statement, Organisation.name, Organisation.id, cursor=query.cursor, limit=query.limit
    )
    return {"items": [_view(session, row.Organisation, local_date(now)) for row in rows], "next": following}


def get_provider(session: Session, actor: Actor, provider_id: str, now: datetime) -> dict[str, Any]:
    """A provider with profile and certificates. Raises NotFound, Forbidden."""
    provider = _load(session, actor, provider_id, "providers_api.get_provider")
    view = _view(session, provider, local_date(now))
    return {**view, "etag": etag_of(view)}


def create_provider(session: Session, actor: Actor, values: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """A new provider. Raises NameTaken."""
    provider = organisations.create(session, actor, "provider", values, now)
    _store_profile(session, provider.id, {key: values[key] for key in PROFILE if key in values})
    return get_provider(session, actor, provider.id, now)


def change_provider(
    session: Session, actor: Actor, provider_id: str, values: Mapping[str, Any], now: datetime, if_match: str | None
) -> dict[str, Any]:
    """Change name or profile. Raises NotFound, Forbidden, NotYourField, StaleVersion, NameTaken."""
    provider = _load(session, actor, provider_id, "providers_api.change_provider", lock=True)
    if {"name", "short_name"} & set(values) and not actor.has_role(ADMIN):
        raise NotYourField
    before = _view(session, provider, local_date(now))
    require_match(if_match, etag_of(before))
    organisations.rename(session, provider, values)
    _store_profile(session, provider_id, {key: values[key] for key in PROFILE if key in values})
    after = _view(session, provider, local_date(now))
    _record(session, actor, now, Change("provider", provider_id, provider_id, _log(before), _log(after)))
    return {**after, "etag": etag_of(after)}


def list_certificates(session: Session, actor: Actor, provider_id: str, now: datetime) -> dict[str, Any]:
    """The certificates of a provider, those that last longest first. Raises NotFound, Forbidden."""
    _load(session, actor, provider_id, "providers_api.list_certificates")
    items = _certificates(session, provider_id, local_date(now))
    return {"items": items, "next": None, "etag": etag_of({"items": items})}


def add_certificate(
    session: Session, actor: Actor, provider_id: str, values: Mapping[str, Any], now: datetime, if_match: str | None
) -> dict[str, Any]:
    """Record a certificate. Raises NotFound, Forbidden, StaleVersion, ImplausibleFacts."""
    _load(session, actor, provider_id, "providers_api.add_certificate", lock=True)
    require_match(if_match, list_certificates(session, actor, provider_id, now)["etag"])
    fault = certificate_fault(values["kind"], values["valid_from"], values["valid_until"])
    if fault is not None:
        raise ImplausibleFacts(field_errors([("valid_until", fault)]))
    row = Certificate(id=new_id(), provider_id=provider_id, **{key: values[key] for key in CERTIFICATE})
    session.add(row)
    session.flush()
    made = {key: getattr(row, key) for key in CERTIFICATE}
    _record(session, actor, now, Change("certificate", provider_id, provider_id, None, made))
    return list_certificates(session, actor, provider_id, now)


def remove_certificate(
    session: Session, actor: Actor, provider_id: str, certificate_id: str, now: datetime, if_match: str | None
) -> dict[str, Any]:
    """Take a certificate out of the register; the change log keeps it. Raises NotFound, Forbidden, StaleVersion."""
    _load(session, actor, provider_id, "providers_api.remove_certificate", lock=True)
    row = session.get(Certificate, certificate_id)
    if row is None or row.provider_id != provider_id:
        raise NotFound
    require_match(if_match, list_certificates(session, actor, provider_id, now)["etag"])
    gone = {key: getattr(row, key) for key in CERTIFICATE}
    session.delete(row)
    session.flush()
    _record(session, actor, now, Change("certificate", provider_id, provider_id, gone, None))
    return list_certificates(session, actor, provider_id, now)


def _record(session: Session, actor: Actor, now: datetime, change: Change) -> None:
    grant = actor.acts_for("provider", change.organisation_id)
    changes.record(session, now, actor.user_id, [change], None if grant is None else grant.on_behalf_of)


def _load(session: Session, actor: Actor, provider_id: str, endpoint: str, *, lock: bool = False) -> Organisation:
    statement = sa.select(Organisation).where(Organisation.id == provider_id, visible_providers(actor))
    if lock:
        statement = statement.with_for_update()
    provider = session.scalar(statement.execution_options(populate_existing=True))
    if provider is None:
        raise NotFound
    elsewhere = frozenset({"hr", "works_council"}) & actor.roles
    permit_roles(roles_at(actor, provider_id) | elsewhere, endpoint)
    return provider


def _store_profile(session: Session, provider_id: str, values: Mapping[str, Any]) -> None:
    profile = session.get(ProviderProfile, provider_id)
    if profile is None:
        profile = ProviderProfile(provider_id=provider_id, **dict.fromkeys(PROFILE, ""))
        session.add(profile)
    for key, value in values.items():
        setattr(profile, key, value)
    session.flush()


def _view(session: Session, provider: Organisation, day: date) -> dict[str, Any]:
    profile = session.get(ProviderProfile, provider.id, populate_existing=True)
    return {
        "id": provider.id,
        "name": provider.name,
        "short_name": provider.short_name,
        **{key: "" if profile is None else getattr(profile, key) for key in PROFILE},
        "certificates": _certificates(session, provider.id, day),
    }


def _log(view: Mapping[str, Any]) -> dict[str, Any]:
    return {key: view[key] for key in ("name", "short_name", *PROFILE)}


def _certificates(session: Session, provider_id: str, day: date) -> list[dict[str, Any]]:
    rows = session.scalars(
        sa.select(Certificate)
        .where(Certificate.provider_id == provider_id)
        .order_by(Certificate.kind.desc(), Certificate.valid_until.desc(), Certificate.id)
    )
    return [
        {"id": row.id, **{key: getattr(row, key) for key in CERTIFICATE}, "state": _state(row, day)} for row in rows
    ]


def _state(row: Certificate, day: date) -> str:
    if row.valid_until < day:
        return "expired"
    if row.valid_from > day:
        return "future"
    return "expires_soon" if (row.valid_until - day).days <= EXPIRES_SOON_DAYS else "valid"
