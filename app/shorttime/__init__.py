"""Short-time work: how a course fits into its months, and what must not be paid twice."""
