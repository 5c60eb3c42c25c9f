"""The page that shows the description of the API to people, from our own files only."""

from __future__ import annotations

from flask import Response, url_for
from markupsafe import escape

from app.platform.i18n import _, current_language

DOCS_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="{style}">
</head>
<body><main id="docs"></main><script src="{bundle}"></script><script src="{start}"></script></body>
</html>
"""

DOCS_SCRIPT = 'window.ui = SwaggerUIBundle({{ url: "{description}", dom_id: "#docs", validatorUrl: null }});'

DOCS_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def docs_page() -> Response:
    """The description of the API to be read and tried by people, from our own files only."""
    page = DOCS_PAGE.format(
        language=current_language(),
        title=escape(_("Vorlauf: the programming interface")),
        style=escape(url_for("static", filename="vendor/swagger-ui/swagger-ui.css")),
        bundle=escape(url_for("static", filename="vendor/swagger-ui/swagger-ui-bundle.js")),
        start=escape(url_for("api_docs.docs_script")),
    )
    response = Response(page, mimetype="text/html")
    response.headers["Content-Security-Policy"] = DOCS_CSP
    return response


def docs_script() -> Response:
    """Starts the page; a file of its own, because inline scripts are not allowed."""
    script = DOCS_SCRIPT.format(description=url_for("api_docs.openapi_json"))
    return Response(script, mimetype="text/javascript")
