"""Stories: which articles tell of one event. Pure; the archive keeps what is decided here."""
