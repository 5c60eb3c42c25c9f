"""Participants without an account consent, give evidence and withdraw by a link that is good for exactly one thing."""
