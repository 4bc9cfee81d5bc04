from __future__ import annotations

from pathlib import Path

import pytest

from spacy_bert_unsup.errors import ConfigError
from spacy_bert_unsup.pretrain.config import load_config
from spacy_bert_unsup.pretrain.settings import PretrainConfig

CONFIGS = Path(__file__).parents[2] / "configs"


def write(folder: Path, text: str) -> Path:
    path = folder / "some.cfg"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("pretrain_*.cfg")), ids=str)
def test_shipped_configs_are_valid(path):
    config = load_config(path, {"model.init": "starter"})
    assert sum(config.training.lengths.values()) == pytest.approx(1.0)
    assert sum(config.cooldown.lengths.values()) == pytest.approx(1.0)


def test_values_are_typed(tmp_path):
    path = write(
        tmp_path,
        "[corpus]\nfiles = a.txt, b.txt\nweights = a:2\n  b:0.5\n"
        "[vocabulary]\nlowercase = True\nsize = 99\n[training]\nlengths = 64:1\n",
    )
    config = load_config(path)
    assert config.corpus.files == ["a.txt", "b.txt"]
    assert config.corpus.weights == {"a": 2.0, "b": 0.5}
    assert config.vocabulary.lowercase is True
    assert config.vocabulary.size == 99
    assert config.training.lengths == {64: 1.0}


def test_empty_file_means_defaults(tmp_path):
    assert load_config(write(tmp_path, "")) == PretrainConfig()


def test_override_wins(tmp_path):
    path = write(tmp_path, "[training]\nrate = 0.1\n")
    assert load_config(path, {"training.rate": "2e-4"}).training.rate == 2e-4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[training]\nspeed = 3\n", ["some.cfg", "training", "speed", "rate"]),
        ("[fruit]\n", ["some.cfg", "fruit", "vocabulary"]),
        ("[training]\nrate = fast\n", ["some.cfg", "rate", "fast", "float"]),
        ("[training]\nschedule = up\n", ["schedule", "up", "trapezoid"]),
        ("[training]\nlengths = 64:0.5 1024:0.5\n", ["positions", "1024"]),
        ("[model]\nhidden = 10\nheads = 3\n", ["hidden", "heads"]),
        ("[vocabulary]\nlowercase = perhaps\n", ["lowercase", "perhaps", "bool"]),
        ("size = 3\n", ["some.cfg"]),
    ],
)
def test_bad_config_is_named(tmp_path, text, words):
    with pytest.raises(ConfigError) as caught:
        load_config(write(tmp_path, text))
    for word in words:
        assert word in str(caught.value)


def test_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match="nowhere.cfg"):
        load_config(tmp_path / "nowhere.cfg")


def test_a_share_is_kept_of_a_model_alone(tmp_path):
    with pytest.raises(ConfigError, match=r"E404.*init"):
        load_config(write(tmp_path, "[model]\nkeep = 0.5\n"))
