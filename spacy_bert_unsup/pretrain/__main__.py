"""``python -m spacy_bert_unsup.pretrain CONFIG``."""

from .main import main

main()
