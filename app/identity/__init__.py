"""Who is who: organisations, users, roles, deputies, sign-in, and the one table of who may do what."""
