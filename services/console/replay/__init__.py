"""Kept pages through today's engine: what would change, and on demand what then does."""
