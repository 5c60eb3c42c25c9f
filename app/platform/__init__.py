"""The ground floor: settings, database session, HTTP errors, clock, ids, background jobs.

Everything above may import from here; nothing here knows a business word.
"""
