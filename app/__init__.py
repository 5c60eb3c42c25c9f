"""Vorlauf: a case service for training alliances, driven by BPMN.

This file imports nothing: ``python3 -m app`` has to start before any dependency is installed.
"""

__version__ = "0.1.0"
