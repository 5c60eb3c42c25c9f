"""Fixtures of the case tests."""

from tests.contract.stage import stage as stage
