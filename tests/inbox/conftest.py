"""Fixtures of the inbox tests."""

from tests.contract.stage import stage as stage
