"""The graph of tails against the loops of naive.py, and its files."""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from spacy_bert_unsup.errors import AssetsError, InputError, MissingExtraError
from spacy_bert_unsup.vocab.geometry.cosines import Cosines
from spacy_bert_unsup.vocab.geometry.graph import build_tail_graph
from spacy_bert_unsup.vocab.geometry.graph_export import to_networkx, write_graph
from spacy_bert_unsup.vocab.geometry.tails import TailRule
from spacy_bert_unsup.vocab.vectors import VocabVectors
from tests.vocab.naive import Naive
from tests.vocab.strategies import make_table, tables

TERMS = ["cell", "cells", "leukocytes", "tissue", "##cyte", 'a"b']
DEGREES = [0, 10, 25, 45, 12, 170]
RULE = TailRule(max_bin=2, tail_bin=2)


def make_graph(phrases=None, *, rule=TailRule(min_threshold=0.9), **options):  # noqa: B008
    angles = np.radians(DEGREES)
    matrix = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    cosines = Cosines(VocabVectors.from_wordpieces(TERMS, matrix))
    return build_tail_graph(cosines, phrases=phrases, rule=rule, **options)


@settings(max_examples=30)
@given(tables(), st.booleans())
def test_edges(table, filtered):
    vectors, _ = table
    graph = build_tail_graph(Cosines(vectors), filtered=filtered)
    naive = Naive(vectors.terms, vectors.matrix.tolist())
    wanted = naive.edges(filtered=filtered)
    edges = {(i, j) for i, row in wanted.items() for j in row}
    for i in range(len(vectors)):
        assert graph.out(i).tolist() == wanted.get(i, [])
        assert graph.into(i).tolist() == [j for j in wanted if i in wanted[j]]
        exact = [naive.exact[i][j] for j in wanted.get(i, [])]
        np.testing.assert_allclose(graph.weights_of(i), exact, atol=1e-5)
        if i in wanted:
            assert graph.thresholds[i] == naive.tail(i)[1]
        else:
            assert np.isnan(graph.thresholds[i])
    one_way = sum((j, i) not in edges for i, j in edges)
    assert graph.asymmetry == pytest.approx(one_way / max(len(edges), 1))
    assert graph.in_degree.sum() == graph.out_degree.sum() == len(edges)
    for i, j in list(edges)[:20]:
        assert graph.is_mutual(i, j) == ((j, i) in edges)


def test_hops():
    graph = make_graph()
    assert [graph.names[i] for i in graph.out(0)] == ["cells", "leukocytes"]
    assert graph.hops(0, 1) == {1: 1, 2: 1}
    assert graph.hops(0, 2) == {1: 1, 2: 1, 3: 2}
    assert graph.hops(0, 9) == graph.hops(0, 2)
    assert graph.hops(5, 3) == graph.hops(0, 0) == {}


def test_pieces_are_left_out_unless_wanted():
    assert make_graph().in_degree[4] == 0
    assert make_graph(filtered=False).in_degree[4] > 0


def test_phrases_are_nodes():
    vector = np.array([np.cos(np.radians(20)), np.sin(np.radians(20))])
    graph = make_graph({"white blood cell": vector * 3, "blood cell": vector})
    node = graph.find("white blood cell")
    assert node == len(TERMS) and len(graph) == len(TERMS) + 2
    reached = [graph.names[i] for i in graph.out(node)]
    assert reached == ["leukocytes", "blood cell", "cells", "cell", "tissue"]
    assert node in graph.out(0) and graph.is_mutual(node, 0)
    assert node not in graph.into(5)
    assert graph.weights_of(node)[1] == pytest.approx(1)
    assert graph.find("cell") == 0
    with pytest.raises(InputError, match="'bone'"):
        graph.find("bone")


def test_phrase_of_another_size():
    with pytest.raises(AssetsError, match="E221"):
        make_graph({"heart": np.ones(3)})


def test_thresholds_differ_so_edges_are_one_way():
    vectors, _ = make_table("planted", 200, 5)
    graph = build_tail_graph(Cosines(vectors), rule=RULE)
    assert 0 < graph.asymmetry < 1
    assert not graph.mutual.all() and graph.mutual.any()


def test_nothing_to_draw():
    vectors = VocabVectors.from_wordpieces([], np.zeros((0, 3)))
    graph = build_tail_graph(Cosines(vectors))
    assert len(graph) == 0 and graph.asymmetry == 0
    assert to_networkx(graph).number_of_nodes() == 0


def test_progress():
    calls = []
    make_graph(progress=lambda *call: calls.append(call))
    assert calls[-1][0] == calls[-1][1] == 5


def test_networkx():
    graph = make_graph({"blood": np.array([1.0, 0.2])})
    found = to_networkx(graph)
    assert found.nodes[0]["name"] == "cell" and found.nodes[0]["kind"] == "term"
    assert found.nodes[6] == {"name": "blood", "kind": "phrase", "threshold": 0.9}
    assert found.number_of_edges() == len(graph.targets)
    assert found.edges[0, 1]["mutual"] is True
    assert found.edges[0, 1]["weight"] == pytest.approx(
        np.cos(np.radians(10)), abs=1e-5
    )
    part = to_networkx(graph, [0, 1, 5])
    assert set(part.nodes) == {0, 1, 5} and set(part.edges) == {(0, 1), (1, 0)}


def test_files(tmp_path):
    graph = make_graph()
    for name in ("tails.graphml", "tails.json", "tails.dot"):
        write_graph(tmp_path / name, graph, nodes=[0, 1, 5])
    root = ElementTree.parse(tmp_path / "tails.graphml").getroot()
    assert len(root.findall(".//{*}node")) == 3
    rows = json.loads((tmp_path / "tails.json").read_text())
    assert {n["name"] for n in rows["nodes"]} == {"cell", "cells", 'a"b'}
    assert len(rows["links"]) == 2
    text = (tmp_path / "tails.dot").read_text()
    assert '5 [label="a\\"b"];' in text and "0 -> 1" in text


def test_unknown_format(tmp_path):
    with pytest.raises(InputError, match=r"E218.*\.graphml, \.json, \.dot"):
        write_graph(tmp_path / "tails.png", make_graph())
    assert not list(tmp_path.iterdir())


def test_without_networkx(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "networkx", None)
    with pytest.raises(MissingExtraError, match=r"networkx.*\[graph\]"):
        write_graph(tmp_path / "tails.json", make_graph())
