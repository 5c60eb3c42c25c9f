"""The one blueprint that all pages belong to; ``app.web.pages`` adds the views to it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("pages", __name__, template_folder="templates")
