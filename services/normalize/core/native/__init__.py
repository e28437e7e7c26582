"""C for what costs most of a page: the walk, the counting, the features. Optional; reading/reader.py chooses."""
