"""Transport: one request = one transaction; errors become problem+json (RFC 9457) or a page.

The single commit of the request path happens in :meth:`VorlaufFlask.dispatch_request`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from http import HTTPStatus
from typing import IO, Any, TypeVar

import sqlalchemy as sa
import structlog
from flask import Flask, Response, current_app, g, jsonify, request
from flask.json.provider import JSONProvider
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app.platform import codec, idempotency, trails
from app.platform.clock import utcnow
from app.platform.db import counting, db, lost_race, write_intent
from app.platform.i18n import _
from app.platform.ids import new_id
from app.platform.problems import BadRequest, Conflict, MethodNotAllowed, NotFound, Problem, TooLarge, Unavailable
from app.platform.settings import Settings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PROBLEM_TYPE = "application/problem+json"
REPLAYED_HEADERS = ("Content-Type", "Location", "ETag")
log = structlog.get_logger("vorlauf.http")


class ExactJson(JSONProvider):
    """Flask's JSON through ``platform.codec``: decimals stay exact in both directions."""

    def dumps(self, obj: Any, **_kwargs: Any) -> str:
        """Serialise to text."""
        return codec.dumps(obj).decode()

    def loads(self, s: str | bytes, **_kwargs: Any) -> Any:
        """Parse; a malformed text is a ValueError, which Flask answers with 400."""
        return codec.loads(s)


class VorlaufFlask(Flask):
    """Flask with a unit of work around every view."""

    json_provider_class = ExactJson

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view; commit when a changing call succeeded, else roll back. Replays idempotent calls."""
        session = db.session()
        if request.url_rule is None:
            return super().dispatch_request()
        with trails.following(session, request.url_rule.rule, g.get("request_id", "")):
            if request.method in SAFE_METHODS:
                return self._read(session)
            if getattr(self.view_functions.get(request.endpoint or ""), "writes_late", False):
                return self._commit(session, None)
            with write_intent(session):
                return self._write(session)

    def _read(self, session: Session) -> Response:
        response = self.make_response(super().dispatch_request())
        if response.status_code < 300:
            trails.finish(session)
        return response

    def _write(self, session: Session) -> Response:
        key = request.headers.get("Idempotency-Key")
        user_id = getattr(g, "user_id", None)
        if key is None or user_id is None:
            return self._commit(session, None)
        wanted = idempotency.fingerprint(request.method, request.full_path, _body())
        stored = idempotency.find(session, user_id, idempotency.check_key(key), wanted)
        if stored is not None:
            return _replay(stored)
        try:
            return self._commit(session, lambda response: _remember(session, user_id, key, wanted, response))
        except (Problem, sa.exc.IntegrityError):
            # The same call may have won meanwhile in another process: then its answer is ours too.
            stored = idempotency.find(session, user_id, key, wanted)
            if stored is None:
                raise
            return _replay(stored)

    def _commit(self, session: Session, before_commit: Callable[[Response], None] | None) -> Response:
        try:
            response = self.make_response(super().dispatch_request())
            if response.status_code >= 400:
                trails.roll_back(session)
                return response
            if before_commit is not None:
                before_commit(response)
            session.commit()
            return response
        except BaseException:
            session.rollback()
            raise


def _body() -> bytes:
    """What a call is recognised by; of a form with files the fields and the files' hashes, as boundaries change."""
    if request.mimetype != "multipart/form-data":
        return request.get_data(cache=True)
    files = [(name, sent.filename, _hash(sent.stream)) for name, sent in request.files.items(multi=True)]
    return ascii([sorted(request.form.items(multi=True), key=str), sorted(files, key=str)]).encode()


def _hash(stream: IO[bytes]) -> str:
    stream.seek(0)
    found = hashlib.sha256()
    while piece := stream.read(1 << 16):
        found.update(piece)
    stream.seek(0)
    return found.hexdigest()


View = TypeVar("View", bound=Callable[..., Any])


def writes_late(view: View) -> View:
    """Mark a view that does slow work first and opens its writing transaction itself (sign-in)."""
    view.writes_late = True  # type: ignore[attr-defined]
    return view


def keep_out_of_replays(*names: str) -> None:
    """Fields of this request's JSON answer that are shown once and stored nowhere: null when the call is repeated."""
    g.shown_once = names


def _remember(session: Session, user_id: str, key: str, wanted: str, response: Response) -> None:
    body = response.get_data()
    if g.shown_once:
        body = codec.dumps({**codec.loads(body), **dict.fromkeys(g.shown_once)})
    headers = {name: response.headers[name] for name in REPLAYED_HEADERS if name in response.headers}
    session.execute(
        sa.insert(idempotency.IdempotencyRecord).values(
            user_id=user_id,
            key=key,
            fingerprint=wanted,
            status=response.status_code,
            headers=codec.canonical(headers),
            body=body,
            created_at=utcnow(),
        )
    )


def _replay(record: idempotency.IdempotencyRecord) -> Response:
    response = Response(record.body, status=record.status, headers=codec.loads(record.headers))
    response.headers["Idempotency-Replayed"] = "true"
    return response


PageRenderer = Callable[[int, str, str], ResponseReturnValue]
"""Renders an error page from status, title and detail; the pages room provides it."""


def wants_json() -> bool:
    """Whether this caller is a machine: everything under /api and the health endpoints."""
    return request.path.startswith("/api/") or request.path in ("/healthz", "/readyz", "/metrics")


def problem_response(problem: Problem) -> Response:
    """RFC 9457 JSON for ``problem`` in the caller's language."""
    body: dict[str, Any] = {
        "type": f"urn:vorlauf:problem:{problem.code}",
        "title": title_of(problem.status),
        "status": problem.status,
        "detail": detail_of(problem),
        "code": problem.code,
        "instance": f"urn:uuid:{g.get('request_id', '')}",
    }
    if problem.errors:
        body["errors"] = [error.as_dict() for error in problem.errors]
    response = jsonify(body)
    response.status_code = problem.status
    response.mimetype = PROBLEM_TYPE
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="vorlauf"'
    if problem.status == 503:
        response.headers["Retry-After"] = "2"
    return response


def detail_of(problem: Problem) -> str:
    """What is wrong, in the caller's language."""
    message = _(problem.message_id())
    return message % problem.values if problem.values else message


def title_of(status: int) -> str:
    """Short title of a status code; German or English."""
    titles = {
        400: _("Malformed request"),
        401: _("Not signed in"),
        403: _("Not allowed"),
        404: _("Not found"),
        405: _("Method not allowed"),
        409: _("Changed meanwhile"),
        412: _("Out of date"),
        413: _("Too large"),
        415: _("Wrong content type"),
        422: _("Please check your entries"),
        429: _("Too many attempts"),
        503: _("Not available"),
    }
    return titles.get(status) or (_("Internal error") if status >= 500 else HTTPStatus(status).phrase)


def problem_of(error: HTTPException) -> Problem:
    """The problem that says the same as a werkzeug error (routing, body limits, JSON parsing)."""
    if isinstance(error, RequestEntityTooLarge):
        return TooLarge()
    if error.code in (404, 405):
        return NotFound() if error.code == 404 else MethodNotAllowed()
    problem = BadRequest(reason=_("it cannot be understood"))
    problem.status = error.code or 500  # type: ignore[misc]
    return problem


def init_app(app: Flask, settings: Settings, render_page: PageRenderer | None = None) -> None:
    """Attach request ids, error handling, security headers and measuring to ``app``."""
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.before_request(_begin)
    app.after_request(_finish)
    _handle_errors(app, render_page)


def _begin() -> None:
    g.request_id, g.shown_once = new_id(), ()
    if current_app.config["VORLAUF_SETTINGS"].measure:
        g.counting = counting()
        g.counter = g.counting.__enter__()


def _finish(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    response.headers.setdefault("Vary", "Accept-Language, Cookie")
    secure(response)
    counter = g.pop("counter", None)
    if counter is not None:
        response.headers["Server-Timing"] = f'sql;desc="{counter.statements}", commit;desc="{counter.commits}"'
        g.pop("counting").__exit__(None, None, None)
    return response


def _handle_errors(app: Flask, render_page: PageRenderer | None) -> None:
    def answer(problem: Problem) -> ResponseReturnValue:
        db.session.rollback()
        if wants_json() or render_page is None:
            return problem_response(problem)
        return render_page(problem.status, title_of(problem.status), detail_of(problem))

    def from_http(error: HTTPException) -> ResponseReturnValue:
        if error.response is not None or (error.code or 500) < 400:
            return error.get_response()
        answered = app.make_response(answer(problem_of(error)))
        for name, value in error.get_headers():
            if name in ("Allow", "Retry-After"):
                answered.headers[name] = value
        return answered

    def database_gone(error: sa.exc.OperationalError) -> ResponseReturnValue:
        if lost_race(error):
            return answer(Conflict())
        log.error("database unavailable", request_id=g.get("request_id"), error=type(error.orig).__name__)
        return answer(Unavailable())

    def bug(error: Exception) -> ResponseReturnValue:
        log.exception("unhandled error", request_id=g.get("request_id"), route=str(request.url_rule))
        return answer(InternalError())

    app.register_error_handler(Problem, answer)
    app.register_error_handler(HTTPException, from_http)
    app.register_error_handler(sa.exc.OperationalError, database_gone)
    app.register_error_handler(Exception, bug)


def secure(response: Response) -> None:
    """Headers every answer carries; a page sets its own Content-Security-Policy with a nonce before."""
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    if not request.path.startswith("/static/"):
        headers.setdefault("Cache-Control", "no-store")


class InternalError(Problem):
    """Something went wrong on our side; nothing was changed. The request id tells the administrators where to look."""

    status = 500
    code = "internal_error"
