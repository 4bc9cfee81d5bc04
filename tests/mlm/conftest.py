"""Models of other tests stay out of sight: equal weights would be one copy."""

from weakref import WeakValueDictionary

import pytest

from spacy_bert_unsup.mlm import share


@pytest.fixture(autouse=True)
def no_models_in_memory(monkeypatch):
    """Start each test without models that others hold."""
    monkeypatch.setattr(share, "_models", WeakValueDictionary())
