from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from spacy_bert_unsup.errors import AssetsError, InputError
from spacy_bert_unsup.vocab.labels import (
    dump_seed_labels,
    invert_seeds,
    iter_labels,
    merge_seed_labels,
    parse_seed_labels,
    read_seed_labels,
    seed_key,
)

letters = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
terms = letters.map(str.strip).filter(bool)
labels = terms.filter(lambda name: "/" not in name)
seeds = st.dictionaries(terms, st.lists(labels, min_size=1, unique=True).map(tuple))

JSON_LINE = '{"term": "EGFR", "labels": ["GENE", "PROTEIN"]}'


@given(seeds)
def test_written_seeds_are_read_back(wanted):
    assert parse_seed_labels(dump_seed_labels(wanted), "seeds.jsonl") == wanted


def test_files(tmp_path):
    wanted = {"Düsseldorf": ("GPE",), "##itis": ("DISEASE", "SYMPTOM")}
    (tmp_path / "seeds.jsonl").write_text(dump_seed_labels(wanted), "utf8")
    (tmp_path / "seeds.tsv").write_bytes(
        "\ufeffDüsseldorf\tGPE\r\n\r\n##itis \t DISEASE/SYMPTOM\r\n".encode()
    )
    assert read_seed_labels(tmp_path / "seeds.jsonl") == wanted
    assert read_seed_labels(tmp_path / "seeds.tsv") == wanted


@pytest.mark.parametrize("name", ["seeds.tsv", "seeds.jsonl"])
def test_duplicate_terms_are_merged_in_order(name):
    lines = {
        "seeds.tsv": "b\tTWO\na\tONE\nb\tTHREE/TWO\n",
        "seeds.jsonl": '{"term": "b", "labels": ["TWO"]}\n'
        '{"term": "a", "labels": ["ONE"]}\n'
        '{"term": "b", "labels": ["THREE", "TWO"]}\n',
    }
    found = parse_seed_labels(lines[name], name)
    assert list(found.items()) == [("b", ("TWO", "THREE")), ("a", ("ONE",))]


def test_counts_of_term_labels_are_labels():
    line = '{"term": "cell", "labels": {"CELL": 4, "DEVICE": 1}}'
    assert parse_seed_labels(line, "x.jsonl") == {"cell": ("CELL", "DEVICE")}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("EGFR GENE", "E203"),
        ("[1, 2]", "E203"),
        ("3", "E203"),
        ("null", "E203"),
        ('{"term": "EGFR"}', "E203"),
        ('{"labels": ["GENE"]}', "E203"),
        ('{"term": 3, "labels": ["GENE"]}', "E203"),
        ('{"term": "EGFR", "labels": "GENE"}', "E203"),
        ('{"term": "EGFR", "labels": []}', "E207"),
        ('{"term": "EGFR", "labels": {}}', "E207"),
        ('{"term": "EGFR", "labels": [""]}', "E207"),
        ('{"term": "EGFR", "labels": [3]}', "E207"),
        ('{"term": "EGFR", "labels": [["GENE"]]}', "E207"),
        ('{"term": "EGFR", "labels": ["GENE/PROTEIN"]}', "E207"),
        ('{"term": "EGFR", "labels": [" GENE"]}', "E207"),
        ('{"term": "EGFR ", "labels": ["GENE"]}', "E207"),
        ('{"term": "", "labels": ["GENE"]}', "E207"),
    ],
)
def test_bad_json_line(tmp_path, line, code):
    path = tmp_path / "seeds.jsonl"
    path.write_text(f"{JSON_LINE}\n\n{line}\n", encoding="utf8")
    with pytest.raises(AssetsError, match=rf"{code}.*seeds\.jsonl, line 3"):
        read_seed_labels(path)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("EGFR GENE", "E204"),
        ("EGFR", "E204"),
        ("EGFR\t", "E207"),
        ("EGFR\tGENE//PROTEIN", "E207"),
        ("EGFR\tGENE/", "E207"),
        ("\tGENE", "E207"),
    ],
)
def test_bad_tsv_line(tmp_path, line, code):
    path = tmp_path / "seeds.tsv"
    path.write_text(f"kinase\tGENE\n{line}\n", encoding="utf8")
    with pytest.raises(AssetsError, match=rf"{code}.*seeds\.tsv, line 2"):
        read_seed_labels(path)


def test_file_that_is_not_utf8(tmp_path):
    path = tmp_path / "seeds.tsv"
    path.write_bytes("Zürich\tGPE\n".encode("latin1"))
    with pytest.raises(InputError, match=r"E003.*seeds\.tsv.*byte 1 "):
        read_seed_labels(path)


def test_missing_file(tmp_path):
    with pytest.raises(InputError, match=r"E002.*nowhere\.tsv"):
        read_seed_labels(tmp_path / "nowhere.tsv")


def test_file_of_another_format(tmp_path):
    with pytest.raises(AssetsError, match=r"E202.*seeds\.csv"):
        read_seed_labels(tmp_path / "seeds.csv")


def test_seeds_of_a_config_become_labels_of_terms():
    found = invert_seeds({"FRUIT": ["apple", "pear"], "COMPANY": ["apple"]})
    assert found == {"apple": ("FRUIT", "COMPANY"), "pear": ("FRUIT",)}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"FOOD/FRUIT": ["apple"]}, "E205"),
        ({"": ["apple"]}, "E205"),
        ({"FRUIT ": ["apple"]}, "E205"),
        ({"FRUIT": []}, "E206"),
        ({"FRUIT": "apple"}, "E206"),
        ({"FRUIT": ["apple", ""]}, "E206"),
        ({"FRUIT": ["apple", " pear"]}, "E206"),
    ],
)
def test_bad_seeds_of_a_config(wrong, code):
    with pytest.raises(AssetsError, match=code):
        invert_seeds(wrong)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.lists(st.sampled_from("XYZ")))))
def test_merging_keeps_every_label_once(pairs):
    merged = merge_seed_labels(pairs)
    for term, names in merged.items():
        said = [name for other, listed in pairs if other == term for name in listed]
        assert list(names) == sorted(set(said), key=said.index)
    assert list(merged) == list(dict.fromkeys(term for term, _ in pairs))


def test_iter_labels_in_order_of_use():
    assert list(iter_labels({"a": ("X", "Y"), "b": ("Y", "Z")})) == ["X", "Y", "Z"]


@pytest.mark.parametrize(
    ("term", "key"),
    [
        ("cell", ("cell", False)),
        ("##itis", ("itis", True)),
        ("##", ("##", False)),
        ("#x", ("#x", False)),
    ],
)
def test_seed_key(term, key):
    assert seed_key(term) == key
