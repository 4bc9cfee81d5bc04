"""`python -m spacy_bert_unsup`: the same commands as `python -m spacy bert-unsup`."""

from __future__ import annotations

from .cli.app import app

if __name__ == "__main__":
    app(prog_name="python -m spacy_bert_unsup")
