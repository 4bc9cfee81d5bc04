"""The benchmark's table, on made-up numbers."""

from benchmarks.ner_eval import HEADER, markdown, mean_cells, row_cells

ROW = {
    "set": "tiny",
    "tagger": {
        "spans": {"precision": 0.5, "recall": 0.25, "f1": 0.3333},
        "typing": {"recall": 0.75},
        "candidates": {"recall": 1.0},
        "words_per_second": 1234.5,
    },
    "baseline": {"precision": 0.2, "recall": 0.1, "f1": 0.1333},
}


def test_row():
    cells = "tiny 50.0 25.0 33.3 20.0 10.0 13.3 2.50 100.0 75.0 1234".split()
    assert row_cells(ROW) == cells


def test_no_ratio_to_nothing():
    assert "-" in row_cells(ROW | {"baseline": ROW["baseline"] | {"f1": 0.0}})


def test_means():
    other = ROW | {"baseline": ROW["baseline"] | {"f1": 0.0}}
    cells = mean_cells([row_cells(ROW), row_cells(other)])
    assert cells == "mean 50.0 25.0 33.3 20.0 10.0 6.7 - 100.0 75.0 1234".split()


def test_table_has_as_many_cells_as_columns():
    text = markdown({"machine": {"cpus": "2"}, "command": "python x", "sets": [ROW]})
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in table} == {len(HEADER) + 1}
    assert "`python x`" in text
