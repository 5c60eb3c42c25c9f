"""The shape of the funding calculator's request and answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import marshmallow as ma

from app.platform.api import Text

AGREEMENTS = ("none", "works", "collective", "declaration")
INSTRUMENTS = (
    "sgb3_81_2",
    "sgb3_82",
    "sgb3_82a",
    "sgb3_106a",
    "sgb3_111a",
    "th_weiterbildungsscheck",
    "th_bildungsfreistellung",
    "afbg",
    "self_pay",
)
OUTCOMES = ("fundable", "review", "not_fundable", "not_applicable")


def _unknown(field: type[ma.fields.Field[Any]], **options: Any) -> Any:
    """A field that may be left out or null: unknown."""
    return field(load_default=None, allow_none=True, **options)


def _number(low: str, high: str, **options: Any) -> Any:
    """A finite number, as text or as a JSON number."""
    within = ma.validate.Range(min=Decimal(low), max=Decimal(high))
    return ma.fields.Decimal(validate=within, allow_nan=False, **options)


def _day(**options: Any) -> Any:
    """A day that a law of today can be about."""
    return ma.fields.Date(validate=ma.validate.Range(min=date(1900, 1, 1), max=date(2100, 12, 31)), **options)


class Headcount(ma.Schema):
    """Heads by weekly hours (§ 82 SGB III)."""

    full = ma.fields.Integer(required=True, validate=ma.validate.Range(min=0, max=1_000_000))
    up_to_30h = ma.fields.Integer(load_default=0, validate=ma.validate.Range(min=0, max=1_000_000))
    up_to_20h = ma.fields.Integer(load_default=0, validate=ma.validate.Range(min=0, max=1_000_000))
    up_to_10h = ma.fields.Integer(load_default=0, validate=ma.validate.Range(min=0, max=1_000_000))


class CourseFacts(ma.Schema):
    """The course as planned or chosen."""

    start = _day(required=True)
    end = _day(required=True)
    hours = _number("0", "20000", required=True)
    provider_certified = ma.fields.Boolean(required=True, allow_none=False)
    measure_certified = ma.fields.Boolean(required=True, allow_none=False)
    certified_until = _day(load_default=None, allow_none=True)
    short_adaptation = _unknown(ma.fields.Boolean)
    mandatory = _unknown(ma.fields.Boolean)
    advancement_qualification = _unknown(ma.fields.Boolean)
    bbig_53b = _unknown(ma.fields.Boolean)
    leads_to_qualification = _unknown(ma.fields.Boolean)
    inside_firm = _unknown(ma.fields.Boolean)
    full_time = _unknown(ma.fields.Boolean)
    price = _number("0", "1000000", load_default=None, allow_none=True)

    @ma.validates_schema
    def _in_order(self, data: Mapping[str, Any], **_: Any) -> None:
        if data["end"] < data["start"]:
            raise ma.ValidationError({"end": [f"Must be greater than or equal to {data['start']}."]})


class CompanyFactsGiven(ma.Schema):
    """The company, its group and its agreements."""

    weighted_headcount = _number("0.25", "10000000", load_default=None, allow_none=True)
    headcount = ma.fields.Nested(Headcount, load_default=None, allow_none=True)
    group_weighted_headcount = _number("0.25", "10000000", load_default=None, allow_none=True)
    agreement = ma.fields.String(required=True, validate=ma.validate.OneOf(AGREEMENTS))
    outdated_skills_share = _number("0", "1", load_default=None, allow_none=True)
    structural_change = _unknown(ma.fields.Boolean)
    establishment_headcount = _unknown(ma.fields.Integer, validate=ma.validate.Range(min=1, max=1_000_000))
    affected_staff = _unknown(ma.fields.Integer, validate=ma.validate.Range(min=0, max=1_000_000))
    qg_agreement = _unknown(ma.fields.String, validate=ma.validate.OneOf(AGREEMENTS))

    @ma.validates_schema
    def _counted(self, data: Mapping[str, Any], **_: Any) -> None:
        both = data["weighted_headcount"], data["headcount"]
        if both == (None, None) or (data["headcount"] is not None and not any(data["headcount"].values())):
            raise ma.ValidationError({"weighted_headcount": ["Missing data for required field."]})
        if None not in both:
            raise ma.ValidationError({"headcount": ["Invalid value."]})
        heads, affected = data["establishment_headcount"], data["affected_staff"]
        if heads is not None and affected is not None and affected > heads:
            raise ma.ValidationError({"affected_staff": [f"Must be less than or equal to {heads}."]})


class PersonFacts(ma.Schema):
    """The person to be trained. ``aptitude_and_prospects`` and ``three_years_of_work`` (§ 81(2)) hold unless denied."""

    birth_date = _day(required=True)
    disability_degree = _unknown(ma.fields.Integer, validate=ma.validate.Range(min=0, max=100))
    equal_status = _unknown(ma.fields.Boolean)
    has_qualification = ma.fields.Boolean(required=True, allow_none=False)
    qualification_date = _day(load_default=None, allow_none=True)
    last_sgb3_82_end = _day(load_default=None, allow_none=True)
    last_qg_course_end = _day(load_default=None, allow_none=True)
    has_child = _unknown(ma.fields.Boolean)
    under_notice = _unknown(ma.fields.Boolean)
    monthly_gross = _number("0", "1000000", load_default=None, allow_none=True)
    weekly_hours = _number("0.25", "60", load_default=None, allow_none=True)
    lost_hours = _number("0", "20000", load_default=None, allow_none=True)
    net_reference = _number("0", "1000000", load_default=None, allow_none=True)
    net_actual = _number("0", "1000000", load_default=None, allow_none=True)
    yearly_income = _number("0", "100000000", load_default=None, allow_none=True)
    employed_since = _day(load_default=None, allow_none=True)
    sgb2_benefits = _unknown(ma.fields.Boolean)
    skilled_work_obsolete = _unknown(ma.fields.Boolean)
    aptitude_and_prospects = ma.fields.Boolean(load_default=True, allow_none=True)
    three_years_of_work = ma.fields.Boolean(load_default=True, allow_none=True)


class ShortTimeFacts(ma.Schema):
    """Short-time work of this person."""

    receiving = ma.fields.Boolean(load_default=False, allow_none=True)
    since = _day(load_default=None, allow_none=True)
    transfer = ma.fields.Boolean(load_default=False, allow_none=True)
    transfer_until = _day(load_default=None, allow_none=True)
    establishment_headcount = _unknown(ma.fields.Integer, validate=ma.validate.Range(min=1, max=1_000_000))


class AssessmentRequest(ma.Schema):
    """One person, one course, one company. Null means unknown, except for what never was."""

    application_date = _day(required=True)
    grant_date = _day(load_default=None, allow_none=True)
    course = ma.fields.Nested(CourseFacts, required=True)
    company = ma.fields.Nested(CompanyFactsGiven, required=True)
    person = ma.fields.Nested(PersonFacts, required=True)
    short_time = ma.fields.Nested(ShortTimeFacts, load_default=lambda: ShortTimeFacts().load({}))
    requested = ma.fields.List(Text(validate=ma.validate.OneOf(INSTRUMENTS)), load_default=list)

    @ma.validates_schema
    def _possible(self, data: Mapping[str, Any], **_: Any) -> None:
        if data["person"]["birth_date"] >= data["application_date"]:
            raise ma.ValidationError({"person": {"birth_date": ["Not a valid date."]}})
        if data["grant_date"] is not None and data["grant_date"] < data["application_date"]:
            raise ma.ValidationError({"grant_date": ["Not a valid date."]})


class AssessedInstrument(ma.Schema):
    """One instrument: outcome, percentages (0 to 100), euro, conditions, what would change it, deadlines."""

    instrument = ma.fields.String(required=True, validate=ma.validate.OneOf(INSTRUMENTS))
    outcome = ma.fields.String(required=True, validate=ma.validate.OneOf(OUTCOMES))
    course_cost_percent = ma.fields.String(allow_none=True)
    wage_subsidy_percent = ma.fields.String(allow_none=True)
    contribution_percent = ma.fields.String(allow_none=True)
    law_version = ma.fields.String(allow_none=True)
    amounts = ma.fields.Dict(required=True)
    flags = ma.fields.List(ma.fields.String(), required=True)
    conditions = ma.fields.List(ma.fields.Dict(), required=True)
    would_change = ma.fields.List(ma.fields.Dict(), required=True)
    deadlines = ma.fields.List(ma.fields.Dict(), required=True)
    under_older_law = ma.fields.Dict()


class AssessmentAnswer(ma.Schema):
    """All instruments side by side, and which one to try first. The agency decides."""

    instruments = ma.fields.List(ma.fields.Nested(AssessedInstrument), required=True)
    recommended = ma.fields.String(required=True, validate=ma.validate.OneOf(INSTRUMENTS))
    reason = ma.fields.String(required=True)
    models = ma.fields.Dict(required=True)
