"""What people of a case say to each other about it: plain text, each for a chosen audience, with mentions."""
