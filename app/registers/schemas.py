"""Shapes of the register API: employees, companies with dated facts, providers with certificates, changes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.platform.api import Text
from app.registers.fields import AGREEMENTS, BRANCHES

FIRST_DAY, LAST_DAY = "1900-01-02", "2100-12-31"


class Line(ma.fields.String):
    """One line of text without white space around it, by default one that no spreadsheet takes for a formula."""

    def __init__(self, pattern: str = r"^(?![=+\-@])[^\x00-\x1f\x7f]*$", **options: Any) -> None:
        super().__init__(**options)
        self.validators.insert(0, validate.Regexp(pattern))

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        return str(super()._deserialize(value, *args, **kwargs)).strip()


class Number(ma.fields.Decimal):
    """An exact number from 0 to ``highest`` with at most ``digits`` decimal places."""

    def __init__(self, highest: str, digits: int, **options: Any) -> None:
        super().__init__(validate=validate.Range(Decimal(0), Decimal(highest)), **options)
        self.digits = digits

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Decimal:
        number = super()._deserialize(value, *args, **kwargs)
        exponent = number.as_tuple().exponent
        if isinstance(value, bool) or not isinstance(exponent, int) or -exponent > self.digits:
            raise ma.ValidationError("Not a valid number.")
        return number


class Day(ma.fields.Date):
    """A day between 1900 and 2100."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        day = super()._deserialize(value, *args, **kwargs)
        if not FIRST_DAY <= day.isoformat() <= LAST_DAY:
            raise ma.ValidationError("Not a valid date.")
        return day


def _heads(highest: int = 1_000_000, **options: Any) -> ma.fields.Integer:
    return ma.fields.Integer(strict=True, validate=validate.Range(0, highest), **options)


def _yes_no(**options: Any) -> ma.fields.Boolean:
    return ma.fields.Boolean(truthy={True}, falsy={False}, **options)


class EmployerRef(ma.Schema):
    """A company by id and name."""

    id = ma.fields.String(required=True)
    name = ma.fields.String(required=True)


class ListArguments(ma.Schema):
    """Paging and search of a list."""

    q = Text(validate=validate.Length(max=100))
    cursor = Text(validate=validate.Length(max=400))
    limit = ma.fields.Integer(validate=validate.Range(1, 100))


class EmployeeArguments(ListArguments):
    """Filters of the list of employees."""

    company = Text(validate=validate.Length(max=36))
    active = ma.fields.Boolean()


class DatedEmployeeFacts(ma.Schema):
    """What holds for a person from a day on."""

    weekly_hours = Number("60", 1, required=True, metadata={"example": 38.5})
    monthly_gross = Number("99999999.99", 2, required=True, metadata={"example": 3250})
    has_qualification = _yes_no(required=True)
    qualification_date = Day(allow_none=True, load_default=None)
    last_sgb3_82_end = Day(allow_none=True, load_default=None)
    disability_degree = _heads(100, load_default=0)
    equal_status = _yes_no(load_default=False)


class NewEmployee(DatedEmployeeFacts):
    """A person who joins the register; ``company`` is the company's id."""

    company = Text(required=True, validate=validate.Length(1, 36))
    staff_number = Line(required=True, validate=validate.Length(1, 20), metadata={"example": "1001"})
    first_name = Line(required=True, validate=validate.Length(1, 80), metadata={"example": "Erika"})
    last_name = Line(required=True, validate=validate.Length(1, 80), metadata={"example": "Sommerfeld"})
    birth_date = Day(required=True, metadata={"example": "1980-04-12"})
    left_on = Day(allow_none=True, load_default=None)


class EmployeeChange(ma.Schema):
    """What changes of a person; with ``valid_from`` from that day on, without it as a correction."""

    valid_from = Day()
    staff_number = Line(validate=validate.Length(1, 20))
    first_name = Line(validate=validate.Length(1, 80))
    last_name = Line(validate=validate.Length(1, 80))
    birth_date = Day()
    left_on = Day(allow_none=True)
    weekly_hours = Number("60", 1)
    monthly_gross = Number("99999999.99", 2)
    has_qualification = _yes_no()
    qualification_date = Day(allow_none=True)
    last_sgb3_82_end = Day(allow_none=True)
    disability_degree = _heads(100)
    equal_status = _yes_no()


class EmployeeFields(ma.Schema):
    """A person of the register; beyond the name only what the caller may see."""

    id = ma.fields.String(required=True)
    company = ma.fields.Nested(EmployerRef, required=True)
    staff_number = ma.fields.String()
    first_name = ma.fields.String(required=True)
    last_name = ma.fields.String(required=True)
    active = ma.fields.Boolean(required=True)
    birth_date = ma.fields.Date()
    left_on = ma.fields.Date(allow_none=True)
    weekly_hours = ma.fields.Decimal()
    monthly_gross = ma.fields.Decimal()
    has_qualification = ma.fields.Boolean()
    qualification_date = ma.fields.Date(allow_none=True)
    last_sgb3_82_end = ma.fields.Date(allow_none=True)
    disability_degree = ma.fields.Integer()
    equal_status = ma.fields.Boolean()


class Period(ma.Schema):
    """Facts of a person from ``valid_from`` on (null: ever since)."""

    valid_from = ma.fields.Date(allow_none=True, required=True)
    weekly_hours = ma.fields.Decimal(required=True)
    monthly_gross = ma.fields.Decimal(required=True)
    has_qualification = ma.fields.Boolean(required=True)
    qualification_date = ma.fields.Date(allow_none=True, required=True)
    last_sgb3_82_end = ma.fields.Date(allow_none=True, required=True)
    disability_degree = ma.fields.Integer(required=True)
    equal_status = ma.fields.Boolean(required=True)


class EmployeeDetail(EmployeeFields):
    """A person with all periods, past and to come; none where nothing has ever changed."""

    periods = ma.fields.List(ma.fields.Nested(Period))


class EmployeePage(ma.Schema):
    """One page of employees."""

    items = ma.fields.List(ma.fields.Nested(EmployeeFields), required=True)
    next = ma.fields.String(allow_none=True, required=True)


class CompanyArguments(ListArguments):
    """Filters of the list of companies."""

    cluster = Text(validate=validate.Length(max=80))
    branch = ma.fields.String(validate=validate.OneOf(BRANCHES))


class SiteSchema(ma.Schema):
    """A place where a company works."""

    name = Line(required=True, validate=validate.Length(1, 120), metadata={"example": "Werk 2"})
    postcode = Line(r"^[0-9A-Za-z -]{3,10}$", required=True, metadata={"example": "99842"})
    town = Line(required=True, validate=validate.Length(1, 80), metadata={"example": "Ruhla"})


class NewOrganisation(ma.Schema):
    """A new company or provider."""

    name = Line(required=True, validate=validate.Length(1, 200))
    short_name = Line(required=True, validate=validate.Length(1, 40))


class CompanyChange(ma.Schema):
    """What changes of a company; sites and clusters as a whole."""

    name = Line(validate=validate.Length(1, 200))
    short_name = Line(validate=validate.Length(1, 40))
    sites = ma.fields.List(ma.fields.Nested(SiteSchema), validate=validate.Length(max=50))
    clusters = ma.fields.List(Line(validate=validate.Length(1, 80)), validate=validate.Length(max=20))


class NewCompanyFacts(ma.Schema):
    """What holds for a company from ``valid_from`` on: heads by weekly hours, group, agreement, works council."""

    valid_from = Day(required=True, metadata={"example": "2026-01-01"})
    headcount_full = _heads(required=True)
    headcount_30 = _heads(load_default=0)
    headcount_20 = _heads(load_default=0)
    headcount_10 = _heads(load_default=0)
    group_headcount = _heads(10_000_000, allow_none=True, load_default=None)
    agreement = ma.fields.String(validate=validate.OneOf(AGREEMENTS), load_default="none")
    has_works_council = _yes_no(load_default=False)
    structural_change = _yes_no(load_default=True)
    branch = ma.fields.String(validate=validate.OneOf(BRANCHES), load_default="automotive")


class CompanyFactsSchema(ma.Schema):
    """Facts of a company, as far as the caller may see them; ``weighted_quarters`` is four times the weighted
    headcount of § 82 SGB III.
    """

    valid_from = ma.fields.Date()
    headcount_full = ma.fields.Integer()
    headcount_30 = ma.fields.Integer()
    headcount_20 = ma.fields.Integer()
    headcount_10 = ma.fields.Integer()
    group_headcount = ma.fields.Integer(allow_none=True)
    agreement = ma.fields.String()
    has_works_council = ma.fields.Boolean()
    structural_change = ma.fields.Boolean()
    branch = ma.fields.String()
    heads = ma.fields.Integer()
    weighted_quarters = ma.fields.Integer()


class CompanySchema(ma.Schema):
    """A company with the facts of today (null: none recorded, or not yours to see)."""

    id = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    short_name = ma.fields.String(required=True)
    sites = ma.fields.List(ma.fields.Nested(SiteSchema), required=True)
    clusters = ma.fields.List(ma.fields.String(), required=True)
    facts = ma.fields.Nested(CompanyFactsSchema, allow_none=True, required=True)


class Workforce(ma.Schema):
    """Pooled counts; null where a group is smaller than 5."""

    total = ma.fields.Integer(allow_none=True, required=True)
    part_time = ma.fields.Integer(allow_none=True, required=True)
    without_qualification = ma.fields.Integer(allow_none=True, required=True)


class CompanyDetail(CompanySchema):
    """A company with pooled counts of its people."""

    workforce = ma.fields.Nested(Workforce, required=True)


class CompanyPage(ma.Schema):
    """One page of companies."""

    items = ma.fields.List(ma.fields.Nested(CompanySchema), required=True)
    next = ma.fields.String(allow_none=True, required=True)


class CompanyFactsPage(ma.Schema):
    """The dated facts of a company, the latest first."""

    items = ma.fields.List(ma.fields.Nested(CompanyFactsSchema), required=True)
    next = ma.fields.String(allow_none=True, required=True)
