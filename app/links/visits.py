"""One call of a link from outside: the throttle around it and its transactions, alike for page and API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.engine.service import Engine
from app.links import participation, throttle
from app.links.participation import Opened, Proof
from app.links.problems import LinkGone
from app.platform.db import unit_of_work


@dataclass(frozen=True)
class Visit:
    """Somebody at the network address ``address`` calls the link ``token``."""

    session: Session
    token: str
    address: str
    now: datetime
    language: str

    def look(self, proof: Proof | None = None) -> Opened:
        """As ``participation.look``; what opens nothing counts as a miss. Raises TooManyMisses besides."""
        try:
            return participation.look(self.session, self.token, self.now, self.language, proof)
        except LinkGone:
            self._missed()
            raise

    def prove(self, proof: Proof) -> None:
        """Count a wrong code for good, whatever becomes of the call. Raises LinkGone, WrongCode, TooManyMisses."""
        try:
            with unit_of_work(self.session):
                verdict = participation.prove(self.session, self.token, self.now, proof)
        except LinkGone:
            self._missed()
            raise
        if verdict == "right":
            return
        self._missed()
        if verdict == "locked":
            raise LinkGone
        raise participation.wrong_code()

    def confirm(
        self, engine: Engine, seen: str, public_url: str, *, data: object = None, proof: Proof | None = None
    ) -> str:
        """Prove the code if one was sent, then do what the link is for in one transaction; returns the purpose.

        Raises what ``participation.confirm`` does, and TooManyMisses.
        """
        if proof is not None and proof.code:
            self.prove(proof)
        try:
            with unit_of_work(self.session):
                return participation.confirm(
                    self.session,
                    engine,
                    self.token,
                    self.now,
                    self.language,
                    seen=seen,
                    public_url=public_url,
                    data=data,
                    proof=proof,
                )
        except LinkGone:
            self._missed()
            raise

    def _missed(self) -> None:
        throttle.record_miss(self.session, self.address, self.now)
