"""Funding: what a course is likely to be funded with, as of its dates. The agency decides, never we."""
