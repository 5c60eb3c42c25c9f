"""The yardstick: the smallest Flask application, served like Vorlauf."""

from __future__ import annotations

from flask import Flask, jsonify

app = Flask(__name__)


@app.get("/hello")
def hello() -> object:
    """Says hello."""
    return jsonify({"hello": "world"})
