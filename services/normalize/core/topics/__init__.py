"""Whether an article belongs to a followed story."""
