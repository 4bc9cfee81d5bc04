"""Pretraining a masked language model from text; needs no spaCy."""
