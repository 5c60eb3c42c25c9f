"""Measurements: over real HTTP, on the shipped process, beside a hello route and a bare transaction in the same run.

``python3 -m app bench [--json] [--quick]``; exit code 1 where a limit is missed. Machines are noisy: trust the ratios.
"""
