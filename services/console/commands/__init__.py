"""One file per kind of command. Heavy imports stand inside the functions, so that `cleanwire --help` is fast."""
