"""Extraction: quality and speed beside peers, and the training of the model."""
