"""Looking after the archive: its window, its backup, what it has to forget."""
