"""The JSON API's transport: exact parsing, an OpenAPI 3.1 description and its offline page.

Rooms use :class:`ApiBlueprint` for their routes; the factory registers them on one :class:`VorlaufApi`.
Errors are not answered here: they are raised as problems, and ``platform.http`` answers them all alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any, NoReturn, TypeVar

import flask_smorest
import marshmallow as ma
from apispec import BasePlugin
from flask import Flask, Request
from flask_smorest.utils import prepare_response
from webargs import core
from webargs.flaskparser import FlaskParser, is_json_request

from app.platform import codec
from app.platform.api_docs import docs_page, docs_script
from app.platform.http import PROBLEM_TYPE
from app.platform.i18n import _, _l
from app.platform.problems import BadRequest, FieldError, Unprocessable, UnsupportedType

PREFIX = "/api/v1"
CHANGING = frozenset({"post", "put", "patch", "delete"})
View = TypeVar("View", bound=Callable[..., Any])

_MESSAGES: tuple[tuple[re.Pattern[str], str, Any], ...] = tuple(
    (re.compile(pattern), code, message)
    for pattern, code, message in (
        (r"(Missing data for required field|Field may not be null)\.", "required",
         _l("This entry is required.")),
        (r"Unknown field\.", "unknown_field", _l("This field is not known here.")),
        (r"Not a valid string\.", "type", _l("Please enter text.")),
        (r"Not a valid (integer|number)\.", "type", _l("Please enter a number.")),
        (r"Not a valid boolean\.", "type", _l("Please answer with yes or no.")),
        (r"Not a valid (list|tuple)\.", "type", _l("A list is expected here.")),
        (r"(Invalid input|Not a valid mapping) type\.", "type", _l("An object is expected here.")),
        (r"Not a valid (aware |naive )?(date|time|datetime)\.", "type", _l("Please enter a valid date.")),
        (r"Must be one of: (?P<choices>.*)\.", "choice", _l("Please choose one of: %(choices)s.")),
        (r"Length must be between (?P<min>\d+) and (?P<max>\d+)\.", "length",
         _l("Please enter %(min)s to %(max)s characters.")),
        (r"Longer than maximum length (?P<max>\d+)\.", "length", _l("At most %(max)s characters fit here.")),
        (r"Shorter than minimum length (?P<min>\d+)\.", "length",
         _l("At least %(min)s characters are needed here.")),
        (r"Must be greater than or equal to (?P<min>\S+) and less than or equal to (?P<max>\S+)\.", "range",
         _l("Please enter a number from %(min)s to %(max)s.")),
        (r"Must be greater than or equal to (?P<min>\S+)\.", "range", _l("Please enter at least %(min)s.")),
        (r"Must be less than or equal to (?P<max>\S+)\.", "range", _l("Please enter at most %(max)s.")),
        (r"(Invalid value|Invalid input|String does not match .*|Number too large|Not a valid .*)\.",
         "invalid", _l("This entry is not valid.")),
    )
)  # fmt: skip


def field_errors(messages: Any, pointer: str = "") -> Iterator[FieldError]:
    """marshmallow's nested messages as flat errors with JSON pointers (RFC 6901), translated."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            escaped = str(key).replace("~", "~0").replace("/", "~1")
            yield from field_errors(inner, pointer if key == "_schema" else f"{pointer}/{escaped}")
        return
    for message in messages if isinstance(messages, list) else [messages]:
        if isinstance(message, dict):
            yield from field_errors(message, pointer)
        else:
            yield _field_error(pointer, str(message))


def _field_error(pointer: str, message: str) -> FieldError:
    for pattern, code, translated in _MESSAGES:
        match = pattern.fullmatch(message)
        if match:
            values = match.groupdict()
            return FieldError(pointer, code, str(translated) % values if values else str(translated))
    return FieldError(pointer, "invalid", message)


class Text(ma.fields.String):
    """A string without control characters (no database takes a NUL); line breaks and tabs are fine."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.validators.insert(0, ma.validate.Regexp(r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$"))


class ExactParser(FlaskParser):
    """webargs through ``platform.codec``: malformed JSON is 400, other types 415, wrong fields 422."""

    DEFAULT_UNKNOWN_BY_LOCATION = {  # noqa: RUF012 - webargs declares it as an instance attribute
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": ma.RAISE,
        "querystring": ma.RAISE,
    }

    def load_json(self, req: Request, schema: ma.Schema) -> Any:
        """The parsed body; an empty one counts as an object without fields."""
        body = req.get_data(cache=True)
        if not body:
            return core.missing
        if not is_json_request(req):
            raise UnsupportedType
        try:
            return codec.loads(body)
        except codec.MalformedJson as error:
            raise BadRequest(reason=_("the body is not valid JSON")) from error

    def handle_error(self, error: ma.ValidationError, *_request: Any, **_options: Any) -> NoReturn:
        """Every finding at once, as :class:`Unprocessable`."""
        by_location = error.messages if isinstance(error.messages, dict) else {"": error.messages}
        raise Unprocessable([found for messages in by_location.values() for found in field_errors(messages)])


class ApiBlueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """A room's API routes: function views, typed decorators, no pagination header."""

    ARGUMENTS_PARSER = ExactParser()
    PAGINATION_HEADER_NAME = None

    def __init__(self, name: str, import_name: str, description: str = "") -> None:
        super().__init__(name, import_name, url_prefix=PREFIX, description=description)

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Route ``rule`` below :data:`PREFIX` to a function; the endpoint is ``<blueprint>.<function>``."""
        decorator: Callable[[View], View] = super().route(rule, **options)
        return decorator

    def arguments(
        self, schema: ma.Schema | type[ma.Schema], *, location: str = "json", **options: Any
    ) -> Callable[[View], View]:
        """Parse ``location`` (``json`` or ``query``) by ``schema``; the result is a positional argument."""
        decorator: Callable[[View], View] = super().arguments(schema, location=location, **options)
        return decorator

    def response(
        self, status_code: int, schema: ma.Schema | type[ma.Schema] | None = None, **options: Any
    ) -> Callable[[View], View]:
        """Write what the function returns by ``schema``, with ``status_code``."""
        decorator: Callable[[View], View] = super().response(status_code, schema, **options)
        return decorator

    @staticmethod
    def doc(**entries: Any) -> Callable[[View], View]:
        """Add ``entries`` to the operation's description."""
        decorator: Callable[[View], View] = flask_smorest.Blueprint.doc(**entries)
        return decorator

    def public(self, view: View) -> View:
        """Describe ``view`` as callable without sign-in; what decides is the policy table."""
        return self.doc(security=[])(view)


class FieldErrorSchema(ma.Schema):
    """One wrong entry."""

    pointer = ma.fields.String(required=True, metadata={"description": "JSON pointer (RFC 6901)"})
    code = ma.fields.String(required=True)
    message = ma.fields.String(required=True)


class ProblemSchema(ma.Schema):
    """Problem details (RFC 9457)."""

    type = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    detail = ma.fields.String(required=True)
    code = ma.fields.String(required=True)
    instance = ma.fields.String(required=True)
    errors = ma.fields.List(ma.fields.Nested(FieldErrorSchema))


class ProblemResponses(BasePlugin):
    """Writes into every operation of the description which problems it can answer with."""

    def operation_helper(
        self, path: str | None = None, operations: dict[str, Any] | None = None, **context: Any
    ) -> None:
        """Called by apispec for each path."""
        for method, operation in (operations or {}).items():
            operation["operationId"] = context["rule"].endpoint.split(".")[-1]
            responses = operation.setdefault("responses", {})
            for status in _possible_errors(path or "", method, operation):
                responses.setdefault(status, HTTPStatus(status).name)
            if method in CHANGING and operation.get("security") != []:
                operation.setdefault("parameters", []).append("IDEMPOTENCY_KEY")
                if "{" in (path or ""):
                    operation["parameters"].append("IF_MATCH")


def _possible_errors(path: str, method: str, operation: dict[str, Any]) -> Iterator[int]:
    yield 500
    yield 503
    if operation.get("security") != []:
        yield from (401, 403)
    if "{" in path:
        yield 404
    if "requestBody" in operation:
        yield from (400, 413, 415, 422)
    if operation.get("parameters"):
        yield 422
    if method in CHANGING:
        yield from (400, 403, 409, 422)
        if "{" in path:
            yield 412


class VorlaufApi(flask_smorest.Api):  # type: ignore[misc]
    """The API of an app, described at ``/api/v1/openapi.json`` and for people at ``/api/v1/docs``."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_ERROR_RESPONSE_NAME = None

    def __init__(self, app: Flask) -> None:
        app.config.setdefault("API_TITLE", "Vorlauf")
        app.config.setdefault("API_VERSION", "v1")
        app.config.setdefault("OPENAPI_VERSION", "3.1.0")
        app.config.setdefault("OPENAPI_URL_PREFIX", PREFIX)
        super().__init__(app, spec_kwargs={"extra_plugins": [ProblemResponses()]})
        components = self.spec.components
        components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
        components.security_scheme("session", {"type": "apiKey", "in": "cookie", "name": "vorlauf_session"})
        components.parameter(
            "IDEMPOTENCY_KEY",
            "header",
            {
                "name": "Idempotency-Key",
                "description": "The same key with the same call has one effect and gets the same answer.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
            },
            lazy=True,
        )
        components.parameter(
            "IF_MATCH",
            "header",
            {
                "name": "If-Match",
                "description": "The ETag that was read; 412 if the object has changed since.",
                "schema": {"type": "string", "maxLength": 500},
            },
            lazy=True,
        )
        self.spec.options["security"] = [{"bearer": []}, {"session": []}]

    def _register_error_handlers(self) -> None:
        """Errors are left to ``platform.http``."""

    def _register_pagination_header(self) -> None:
        """Lists carry their cursor in the body."""

    def _register_responses(self) -> None:
        for status in HTTPStatus:
            if status >= 400:
                response = {"description": status.phrase, "schema": self.ERROR_SCHEMA}
                prepare_response(response, self.spec, PROBLEM_TYPE)
                self.spec.components.response(status.name, response, lazy=True)

    def _make_doc_blueprint_name(self) -> str:
        return "api_docs"

    def _register_swagger_ui_rule(self, blueprint: Any) -> None:
        blueprint.add_url_rule("/docs", endpoint="docs", view_func=docs_page)
        blueprint.add_url_rule("/docs/start.js", endpoint="docs_script", view_func=docs_script)
