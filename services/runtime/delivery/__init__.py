"""Reliable consumption of one Redis stream group. Knows redis-py and streams; knows nothing of FastStream or articles."""
