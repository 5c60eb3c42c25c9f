"""The case file: who may see which case, what it says, where it stands in words, and the registers it copies from."""
