"""Fixtures of the comment tests."""

from tests.contract.stage import stage as stage
