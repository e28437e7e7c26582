"""What the command asks of the archive, and what it does to it."""
