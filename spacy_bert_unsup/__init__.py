"""Unsupervised named entities for spaCy: a vote of masked language model clusters.

Importing this package is cheap: it loads neither torch, transformers nor spaCy. The
public classes and functions are imported when they are first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy_bert_unsup.mlm.model import MaskedLM as MaskedLM
    from spacy_bert_unsup.vocab.assets import ClusterAssets as ClusterAssets
    from spacy_bert_unsup.vocab.clustering.clusters import (
        cluster_vocab as cluster_vocab,
    )
    from spacy_bert_unsup.vocab.propagation import (
        propagate_labels as propagate_labels,
    )
    from spacy_bert_unsup.vocab.vectors import VocabVectors as VocabVectors

__version__ = "0.1.0"

PUBLIC_NAMES = {
    "ClusterAssets": "spacy_bert_unsup.vocab.assets",
    "MaskedLM": "spacy_bert_unsup.mlm.model",
    "VocabVectors": "spacy_bert_unsup.vocab.vectors",
    "cluster_vocab": "spacy_bert_unsup.vocab.clustering.clusters",
    "propagate_labels": "spacy_bert_unsup.vocab.propagation",
}
"""Where each lazily imported name lives."""

__all__ = ["__version__", *PUBLIC_NAMES]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used (PEP 562)."""
    if name not in PUBLIC_NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(PUBLIC_NAMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *PUBLIC_NAMES])
