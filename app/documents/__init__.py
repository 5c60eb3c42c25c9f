"""The documents of a case: uploaded or generated, versioned, proved by the case's history, seen by class."""
