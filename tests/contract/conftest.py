"""Fixtures of the contract tests."""

from tests.contract.stage import stage as stage
