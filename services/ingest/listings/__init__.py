"""Each form of list read into entries; nothing here fetches."""
