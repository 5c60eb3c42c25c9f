"""The participant's side of a link: look at what is asked, prove the code of a paper link, confirm once.

Looking never uses a link up: mail scanners and previews open every address they meet. No session begins and no cookie
is set; each call carries everything. A link that is unknown, used, revoked or expired is :class:`LinkGone`, found in
the same single statement and answered alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.cases.redaction import class_of
from app.engine import catalogue
from app.engine.outcome import Entry
from app.engine.service import Engine, NothingWaits, variables_of
from app.engine.store import Author
from app.identity.actor import Actor, Grant
from app.identity.models import User
from app.identity.roles import EMPLOYEE
from app.inbox import service as inbox
from app.inbox.rules import TakenByOther
from app.links import codes, letter, rules, store
from app.links.models import ParticipantLink
from app.links.problems import AlreadyConfirmed, LinkClosed, LinkGone, StatementChanged, WrongCode
from app.links.statement import Statement, statement
from app.links.withdrawing import ends_the_case, withdraw_participant
from app.platform import mail
from app.platform.i18n import _
from app.platform.problems import FieldError

MAX_LENGTH = 200


@dataclass(frozen=True)
class Proof:
    """What is typed from the sheet of paper; a mailed link needs none."""

    code: str = ""
    number: str = ""


@dataclass(frozen=True)
class Opened:
    """A valid link with all that its page shows. ``proved`` is False while a paper link waits for its code."""

    row: Any
    person: Mapping[str, Any]
    statement: Statement
    alone: bool
    proved: bool

    @property
    def link(self) -> ParticipantLink:
        """The link itself."""
        found: ParticipantLink = self.row.ParticipantLink
        return found

    @property
    def actor(self) -> Actor:
        """The participant, able to do what an employee does in this one company; only the link's task is ever asked
        for with it.
        """
        case, name = self.row.Case, self.row.company_name
        grant = Grant(EMPLOYEE, case.company_id, name, "company", self.link.employee_id)
        return Actor(self.link.id, "", str(self.person["name"]), (grant,), account=False)


def participants_of(variables: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The participants of a case by employee id, as the case has copied them from the register."""
    return {person["employee"]: person for person in variables.get("participants") or []}


def look(session: Session, token: str, now: datetime, language: str, proof: Proof | None = None) -> Opened:
    """What a link asks for. Raises LinkGone; LinkClosed once a paper link is proved. Counts and changes nothing."""
    row = _valid(session, token, now)
    if not _is_proved(row, token, proof):
        return _opened(row, language, proved=False)
    if store.state_in(now, row) == "closed":
        raise LinkClosed
    return _opened(row, language, proved=True)


def prove(session: Session, token: str, now: datetime, proof: Proof) -> str:
    """Compare code and case number of a paper link: ``right``, ``wrong``, ``typo`` (not counted) or ``locked``.

    A wrong code is counted; with the last one the link is revoked. To be committed whatever it returns, before the
    answer depends on it: so parallel guesses count like others. Raises LinkGone.
    """
    row = _valid(session, token, now, lock=True, confirming=True)
    if _is_proved(row, token, proof):
        return "right"
    if row.ParticipantLink.used_at is not None:
        raise LinkGone
    if not codes.is_well_formed(codes.read(proof.code)):
        return "typo"
    if not rules.is_locked(store.count_wrong_code(session, row.ParticipantLink.id)):
        return "wrong"
    revoked = store.revoke(session, now, ParticipantLink.id == row.ParticipantLink.id)
    entry = Entry("link.revoked", {"links": revoked, "reason": "wrong_codes"})
    store.note(session, row.Case, [entry], Author(), now)
    return "locked"


def confirm(
    session: Session,
    engine: Engine,
    token: str,
    now: datetime,
    language: str,
    *,
    seen: str,
    public_url: str,
    data: object = None,
    proof: Proof | None = None,
) -> str:
    """Do what the link is for and use it up, in one transaction; returns the purpose.

    ``seen`` is the hash of the statement that was shown, ``data`` the answers to the task's form. Raises LinkGone,
    AlreadyConfirmed, LinkClosed, WrongCode, StatementChanged, InvalidAnswers, TakenByOther, ChangedMeanwhile.
    """
    row = _valid(session, token, now, lock=True, confirming=True)
    if not _is_proved(row, token, proof):
        raise wrong_code()
    if row.ParticipantLink.used_at is not None:
        raise AlreadyConfirmed
    if store.state_in(now, row) == "closed":
        raise LinkClosed
    opened = _opened(row, language, proved=True)
    if not codes.same(opened.statement.hash, seen):
        raise StatementChanged
    _carry_out(session, engine, opened, data, now)
    if opened.link.purpose == "withdraw":
        _tell_issuer(session, opened, public_url, now)
    if not store.use_up(session, opened.link.id, now):
        raise LinkGone
    return opened.link.purpose


def form_of(session: Session, opened: Opened, language: str, now: datetime) -> dict[str, Any]:
    """The link's task with its form and the participant's own data. Raises TakenByOther.

    A mailed link is all that its holder has to show: what is specially protected (Art. 9 GDPR, pay, age) is not shown
    beforehand; the participant enters it. On paper the code comes first.
    """
    task = inbox.get_task(session, opened.actor, opened.link.task_id or "", language, now)
    if task["assignee"] is not None:
        raise TakenByOther(name=_("the HR department"))
    if opened.link.code_hash is None:
        sensitivity = catalogue.load(session, opened.row.Case.definition_id).sensitivity
        kept = {key: value for key, value in task["data"].items() if class_of(key, sensitivity) != "special"}
        return {**task, "data": kept}
    return task


def _carry_out(session: Session, engine: Engine, opened: Opened, data: object, now: datetime) -> None:
    link, actor = opened.link, opened.actor
    used = Entry("link.used", {"link": link.id, "purpose": link.purpose, **opened.statement.as_evidence()})
    author = Author(link.id, account=False)
    if link.purpose == "evidence":
        inbox.complete_task(session, actor, engine, link.task_id or "", data, now, also=[used])
    elif link.purpose == "withdraw":
        try:
            withdraw_participant(session, engine, opened.row, alone=opened.alone, author=author, now=now, also=used)
        except NothingWaits:
            raise LinkClosed from None  # the whole case has been withdrawn already
    else:
        consented = Entry("participant.consented", {"employee": link.employee_id})
        store.note(session, opened.row.Case, [consented, used], author, now)


def _tell_issuer(session: Session, opened: Opened, public_url: str, now: datetime) -> None:
    """Who has handed the link out learns of the withdrawal by mail, too."""
    issuer, case = session.get(User, opened.link.created_by), opened.row.Case
    if issuer is not None:
        address = f"{public_url.rstrip('/')}/cases/{case.id}/links"
        subject, body = letter.to_issuer(case.number, address, alone=opened.alone)
        mail.send(session, now, key=f"withdrawn:{opened.link.id}", to=issuer.email, subject=subject, body=body)


def _valid(session: Session, token: str, now: datetime, *, lock: bool = False, confirming: bool = False) -> Any:
    """The row behind a token that still opens something; who confirms a second time gets it, too."""
    row = store.by_token(session, codes.token_hash(token[:MAX_LENGTH]), lock=lock)
    good = {"open", "closed", "used"} if confirming else {"open", "closed"}
    if row is None or store.state_in(now, row) not in good:
        raise LinkGone
    return row


def _is_proved(row: Any, token: str, proof: Proof | None) -> bool:
    stored = row.ParticipantLink.code_hash
    if stored is None:
        return True
    if proof is None:
        return False
    given = codes.code_hash(token, codes.read(proof.code[:MAX_LENGTH]))
    return codes.same(stored, given) and proof.number.strip().upper() == row.Case.number


def wrong_code() -> WrongCode:
    """The problem, pointing at the code."""
    return WrongCode([FieldError("/code", WrongCode.code, _(WrongCode.message_id()))])


def _opened(row: Any, language: str, *, proved: bool) -> Opened:
    variables, link = variables_of(row.blob), row.ParticipantLink
    people = participants_of(variables)
    person = people.get(link.employee_id)
    if person is None:
        raise LinkGone
    alone = ends_the_case(len(people))
    text = "withdraw_alone" if link.purpose == "withdraw" and alone else link.purpose
    shown = statement(
        text,
        language,
        person=str(person["name"]),
        company=row.company_name,
        number=row.Case.number,
        variables=variables,
    )
    return Opened(row, person, shown, alone, proved)
