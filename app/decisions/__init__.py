"""The decisions room: FEEL expressions and DMN 1.3 decision tables, evaluated with evidence.

Pure Python on lark and lxml: no database, no web framework, no clock. Everything a decision depends on is an
argument, so the same inputs and the same file always give the same answer.
"""
