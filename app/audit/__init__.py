"""The journal: append-only, hash-chained; every case history can be proved unaltered. And who was refused
what.
"""
