"""The case file: who may see which case, what it says, and where it stands in words."""
