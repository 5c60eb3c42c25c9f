"""Completion: from seats and attendance to settlement and the closed file."""
