"""C for what costs most of a page: the walk, the counting, the features. Optional; reading/compiled.py chooses."""
