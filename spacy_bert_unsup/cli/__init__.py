"""The command line: `python -m spacy bert-unsup`, one file per command.

Modules import only light things at the top, so that `--help` is quick.
"""
