"""One file per migration, up and down."""
