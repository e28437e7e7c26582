"""The demo: a small web of our own on loopback, played scene by scene through the real services."""
