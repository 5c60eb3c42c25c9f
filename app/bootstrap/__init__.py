"""Set-up: from a bare Python 3.11 to a running Vorlauf.

Everything in here uses the standard library only, because it runs before any dependency is installed.
The exceptions say so in their first line: they are run by the environment's own Python.
"""
