"""Adds our commands to spaCy's: importing this module is what the entry point does."""

from __future__ import annotations

from spacy.cli._util import app as spacy_app

from .app import NAME, app

spacy_app.add_typer(app, name=NAME)
