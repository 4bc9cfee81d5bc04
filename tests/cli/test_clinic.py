"""The second example: its files belong together."""

import json
from pathlib import Path

from spacy_bert_unsup.evaluation.gold import GoldSet
from spacy_bert_unsup.vocab.labels import iter_labels, read_seed_labels
from spacy_bert_unsup.vocab.scheme import read_label_map

CLINIC = Path(__file__).parents[2] / "examples" / "clinic"


def test_gold_seeds_and_map_have_the_same_dozen_labels():
    seeds = read_seed_labels(CLINIC / "seeds.tsv")
    labels = set(iter_labels(seeds))
    assert len(labels) == 12
    names = json.loads((CLINIC / "map.json").read_text(encoding="utf8"))
    assert set(names) == labels
    gold = GoldSet.read(CLINIC / "gold.conll", names)
    found = {span.label for text in gold.texts for span in text.spans}
    assert found == labels
    assert set(read_label_map(CLINIC / "parents.json")) <= labels
