"""What is done already, and what a killed build does again."""

from __future__ import annotations

import logging

import pytest

from spacy_bert_unsup.vocab.workshop.stages import FILE, StageLog, make_key


def test_a_finished_stage_is_done_until_its_inputs_change(tmp_path):
    log = StageLog.read(tmp_path)
    key = make_key("v1", {"threshold": 0.5})
    assert not log.is_done("clusters", key)
    log.begin("clusters")
    log.finish("clusters", key, {"clusters": 3})
    again = StageLog.read(tmp_path)
    assert again.is_done("clusters", key)
    assert again.facts("clusters") == {"clusters": 3}
    assert not again.is_done("clusters", make_key("v1", {"threshold": 0.6}))
    assert not again.is_done("clusters", key, [tmp_path / "missing"])


def test_a_killed_stage_is_not_done(tmp_path):
    log = StageLog.read(tmp_path)
    log.finish("vectors", "a", {})
    log.finish("clusters", "b", {})
    log.begin("clusters")  # and then the process is killed
    again = StageLog.read(tmp_path)
    assert again.is_done("vectors", "a")
    assert not again.is_done("clusters", "b")
    assert again.facts("clusters") == {}


@pytest.mark.parametrize("content", ["{", "[]", '{"vectors": 3}', '{"vectors": {}}'])
def test_a_damaged_log_means_that_nothing_is_done(tmp_path, caplog, content):
    (tmp_path / FILE).write_text(content, encoding="utf8")
    with caplog.at_level(logging.WARNING):
        assert StageLog.read(tmp_path).entries == {}
    assert "damaged" in caplog.text


def test_keys_depend_on_values_and_not_on_the_order_of_a_dict():
    assert make_key({"a": 1, "b": 2}) == make_key({"b": 2, "a": 1})
    assert make_key(["a", "b"]) != make_key(["b", "a"])
