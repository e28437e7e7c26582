"""Vocabularies in all languages: names, agencies, media, dates, phrases, letters."""
