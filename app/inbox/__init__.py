"""The task inbox: what is mine to do, claiming it, doing it, reminding of it."""
