"""The stories' edge: who is in which, kept in the archive and followed in memory. What belongs together is decided in core."""
