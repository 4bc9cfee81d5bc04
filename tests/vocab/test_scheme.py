from __future__ import annotations

import json

import pytest

from spacy_bert_unsup.errors import AssetsError, InputError
from spacy_bert_unsup.vocab.scheme import (
    BROAD,
    NON_ENTITY,
    ONTONOTES,
    LabelScheme,
    read_label_map,
)

PARENTS = {"DRUG": "CHEMICAL", "CHEMICAL": "SUBSTANCE", "GPE": "LOCATION"}


def test_collect_takes_in_what_lies_above():
    scheme = LabelScheme.collect(["VERB", "DRUG", "FUNCTION"], PARENTS)
    assert scheme.labels == ("CHEMICAL", "DRUG", "SUBSTANCE", "FUNCTION", "VERB")
    assert scheme.parents == {"DRUG": "CHEMICAL", "CHEMICAL": "SUBSTANCE"}
    assert scheme.non_entity == ("FUNCTION", "VERB")
    assert scheme.entities == ("CHEMICAL", "DRUG", "SUBSTANCE")


def test_collect_nothing():
    assert LabelScheme.collect([], PARENTS).labels == ()


def test_ancestors():
    scheme = LabelScheme.collect(["DRUG"], PARENTS)
    assert scheme.ancestors("DRUG") == ("DRUG", "CHEMICAL", "SUBSTANCE")
    assert scheme.ancestors("SUBSTANCE") == ("SUBSTANCE",)
    assert scheme.ancestors("UNKNOWN") == ("UNKNOWN",)


def test_is_a():
    scheme = LabelScheme.collect(["DRUG", "GPE"], PARENTS)
    assert scheme.is_a("DRUG", "SUBSTANCE") and scheme.is_a("DRUG", "DRUG")
    assert not scheme.is_a("SUBSTANCE", "DRUG")
    assert not scheme.is_a("DRUG", "LOCATION")


@pytest.mark.parametrize(
    ("parents", "circle"),
    [
        ({"A": "B", "B": "C", "C": "A"}, "A -> B -> C -> A"),
        ({"A": "A"}, "A -> A"),
        ({"A": "B", "B": "C", "C": "B"}, "A -> B -> C -> B"),
    ],
)
def test_circle_is_refused(parents, circle):
    scheme = LabelScheme.collect(["A"], parents)
    with pytest.raises(AssetsError, match=f"E208.*{circle}"):
        scheme.ancestors("A")


def test_shipped_scheme_has_two_floors():
    scheme = LabelScheme.collect([*BROAD, *NON_ENTITY])
    assert max(len(scheme.ancestors(label)) for label in scheme.labels) == 2
    assert set(ONTONOTES) <= set(scheme.labels)
    assert not [label for label in scheme.labels if "/" in label]


@pytest.mark.parametrize(
    ("name", "content"), [("broad", BROAD), ("ontonotes", ONTONOTES)]
)
def test_shipped_maps(name, content):
    found = read_label_map(name)
    assert found == content
    found["DRUG"] = None  # a copy: the shipped map stays
    assert read_label_map(name) == content


def test_map_of_a_config():
    assert read_label_map({"DRUG": None}) == {"DRUG": None}


def test_map_in_a_file(tmp_path):
    path = tmp_path / "map.json"
    path.write_text(json.dumps({"DRUG": "Arznei", "VERB": None}), encoding="utf8")
    assert read_label_map(path) == read_label_map(str(path))
    assert read_label_map(path) == {"DRUG": "Arznei", "VERB": None}


def test_missing_map():
    with pytest.raises(AssetsError, match=r"E209.*'nowhere\.json'.*'broad', 'onto"):
        read_label_map("nowhere.json")


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '"DRUG"', '{"DRUG": 3}', '{"DRUG": ["A"]}', '{"DRUG": ""}'],
)
def test_bad_map(tmp_path, content):
    path = tmp_path / "map.json"
    path.write_text(content, encoding="utf8")
    with pytest.raises(AssetsError, match=r"E210.*map\.json"):
        read_label_map(path)


def test_map_that_is_not_utf8(tmp_path):
    path = tmp_path / "map.json"
    path.write_bytes(b'{"\xe9": "X"}')
    with pytest.raises(InputError, match=r"E003.*map\.json"):
        read_label_map(path)
