"""Title, dates, authors, images, language and what else a page tells of its article, by evidence."""
