"""The clean stream out of the archive: the same events, as far back as they go, in the formats people ask for."""
