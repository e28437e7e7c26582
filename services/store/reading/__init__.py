"""What the archive tells those who ask: articles, stories, the search."""
