"""Provider selection: quotes asked for with a deadline, compared without favour, one of them chosen."""
