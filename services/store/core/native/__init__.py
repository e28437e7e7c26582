"""C for what costs most of a fingerprint. Optional; shingles.py chooses."""
