"""C for what costs most of placing an article among the stories. Optional; arithmetic.py chooses."""
