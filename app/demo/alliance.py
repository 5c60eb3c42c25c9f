"""Invented organisations and people of the demo; nobody here exists."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from app.demo.people import LOGINS as LOGINS
from app.demo.people import PASSWORD as PASSWORD
from app.demo.people import USERS
from app.identity.models import Membership, Organisation, User
from app.identity.passwords import hash_password
from app.platform.ids import new_id
from app.registers.models import Certificate, ClusterMember, CompanyFacts, Employee, ProviderProfile, Site


@dataclass(frozen=True)
class Company:
    """A company of the demo with its register figures (heads by weekly hours: more than 30, 30, 20, 10)."""

    short: str
    name: str
    branch: str
    heads: tuple[int, int, int, int]
    group: int | None = None
    agreement: str = "none"
    works_council: bool = False
    town: str = "Eisenach"
    postcode: str = "99817"


COMPANIES = (
    Company(
        "ruhla",
        "Ruhlaer Presswerk GmbH",
        "automotive",
        (168, 12, 14, 6),
        agreement="works",
        works_council=True,
        town="Ruhla",
        postcode="99842",
    ),
    Company(
        "suhl",
        "Suhler Feinguss AG",
        "automotive",
        (611, 22, 31, 9),
        works_council=True,
        agreement="collective",
        town="Suhl",
        postcode="98527",
    ),
    Company(
        "werra",
        "Werra-Kabelsysteme SE",
        "automotive",
        (2480, 60, 75, 20),
        works_council=True,
        town="Meiningen",
        postcode="98617",
    ),
    Company("sonne", "Sonneberger Spritzguss KG", "automotive", (38, 4, 6, 3), town="Sonneberg", postcode="96515"),
    Company("hain", "Hainich Sensorik GmbH", "it", (6, 1, 1, 0), town="Mühlhausen", postcode="99974"),
    Company("ilm", "Ilmpixel Software GmbH", "it", (44, 5, 8, 2), town="Ilmenau", postcode="98693"),
    Company(
        "data",
        "Rennsteig Datenwerk GmbH",
        "it",
        (290, 10, 16, 4),
        group=1200,
        works_council=True,
        town="Suhl",
        postcode="98528",
    ),
)

PROVIDERS = (
    ("bildungswerk", "Bildungswerk Südthüringen e. V.", "Suhl"),
    ("lernfabrik", "Lernfabrik Eisenach GmbH", "Eisenach"),
    ("campus", "Campus Digital Ilmenau GmbH", "Ilmenau"),
)
CLUSTERS = {"automotive": "Automotive Thüringen", "it": "ITnet Thüringen"}

PEOPLE = (
    ("Erika", "Sommerfeld", date(1978, 4, 12), True, date(1998, 7, 31)),
    ("Jonas", "Winterstein", date(1990, 9, 3), True, date(2012, 1, 31)),
    ("Mehtap", "Aydemir", date(1985, 1, 27), True, date(2006, 6, 30)),
    ("Olaf", "Köllner", date(1969, 11, 8), True, date(1988, 7, 15)),
    ("Thi Lan", "Pham", date(1993, 6, 21), True, date(2015, 2, 28)),
    ("Radek", "Novotny", date(1982, 2, 14), False, None),
    ("Sabine", "Möhring", date(1974, 12, 2), True, date(1994, 7, 31)),
    ("Yusuf", "Karaca", date(1998, 3, 30), True, date(2019, 7, 31)),
)


@dataclass
class Alliance:
    """Ids of what was created, by short name or login."""

    organisations: dict[str, str] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    employees: dict[str, list[str]] = field(default_factory=dict)


def create(session: Session, now: datetime, password: str = PASSWORD) -> Alliance:
    """Fill an empty database with the demo alliance."""
    made = Alliance()
    for short, name, kind in _organisations():
        made.organisations[short] = _add(session, Organisation(id=new_id(), kind=kind, name=name, short_name=short))
    session.flush()
    for company in COMPANIES:
        _register(session, company, made)
    for short, _name, town in PROVIDERS:
        _certify(session, made.organisations[short], town)
    session.flush()
    hashed = hash_password(password)
    for login, name, organisation, role in USERS:
        user = User(
            id=new_id(),
            login=login,
            name=name,
            email=f"{login}@example.org",
            password_hash=hashed,
            active=True,
            created_at=now,
        )
        made.users[login] = _add(session, user)
        session.flush()
        employee = made.employees[organisation][0] if role == "employee" else None
        session.add(
            Membership(
                id=new_id(),
                user_id=user.id,
                organisation_id=made.organisations[organisation],
                role=role,
                employee_id=employee,
            )
        )
    session.flush()
    return made


def _organisations() -> list[tuple[str, str, str]]:
    return [
        ("alliance", "Weiterbildungsverbund FastForward", "alliance"),
        ("itnet", "ITnet Thüringen", "network"),
        *((company.short, company.name, "company") for company in COMPANIES),
        *((short, name, "provider") for short, name, _town in PROVIDERS),
    ]


def _add(session: Session, row: Organisation | User) -> str:
    session.add(row)
    return row.id


def _register(session: Session, company: Company, made: Alliance) -> None:
    company_id = made.organisations[company.short]
    full, up_to_30, up_to_20, up_to_10 = company.heads
    session.add(
        CompanyFacts(
            id=new_id(),
            company_id=company_id,
            valid_from=date(2024, 1, 1),
            headcount_full=full,
            headcount_30=up_to_30,
            headcount_20=up_to_20,
            headcount_10=up_to_10,
            group_headcount=company.group,
            agreement=company.agreement,
            has_works_council=company.works_council,
            structural_change=True,
            branch=company.branch,
        )
    )
    session.add(ClusterMember(company_id=company_id, cluster=CLUSTERS[company.branch]))
    session.add(
        Site(id=new_id(), company_id=company_id, name="Stammsitz", postcode=company.postcode, town=company.town)
    )
    made.employees[company.short] = []
    for index, (first, last, born, qualified, qualification) in enumerate(PEOPLE):
        employee = Employee(
            id=new_id(),
            company_id=company_id,
            staff_number=f"{1001 + index}",
            first_name=first,
            last_name=last,
            birth_date=born,
            weekly_hours=Decimal("38.0"),
            monthly_gross=Decimal(2900 + 150 * index),
            has_qualification=qualified,
            qualification_date=qualification,
            last_sgb3_82_end=None,
            disability_degree=50 if last == "Köllner" else 0,
            equal_status=False,
            active=True,
        )
        session.add(employee)
        made.employees[company.short].append(employee.id)


def _certify(session: Session, provider_id: str, town: str) -> None:
    session.add(
        ProviderProfile(
            provider_id=provider_id,
            description="Anpassungsqualifizierung und Umschulung in Metall, Elektro und IT.",
            email="kurse@example.org",
            phone="",
            town=town,
        )
    )
    for kind, title, until in (
        ("provider", "Trägerzulassung", date(2029, 6, 30)),
        ("measure", "Fachkraft für additive Fertigung", date(2028, 3, 31)),
    ):
        session.add(
            Certificate(
                id=new_id(),
                provider_id=provider_id,
                kind=kind,
                title=title,
                number=f"AZAV-{kind[:1].upper()}-{town[:3].upper()}-4711",
                issuer="Zertifizierungsstelle Mitte GmbH",
                valid_from=date(2025, 7, 1),
                valid_until=until,
            )
        )
