"""Random walks: whatever people answer and whenever time passes, a case finds its way to an end."""
