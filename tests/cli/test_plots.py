import sys
from pathlib import Path

import pytest

from spacy_bert_unsup.cli import plots
from spacy_bert_unsup.errors import InputError, MissingExtraError

pytest.importorskip("matplotlib")


def draw(path, title="cell"):
    with plots.open_plot(path) as (axes,):
        axes.bar([0.1, 0.2], [3, 4], width=0.01, color=plots.PALETTE[0])
        axes.set_title(title)


@pytest.mark.parametrize(("suffix", "magic"), [(".png", b"\x89PNG"), (".svg", b"<?xm")])
def test_plot_is_written_by_its_suffix_and_always_the_same(tmp_path, suffix, magic):
    path = tmp_path / "new" / f"plot{suffix}"
    draw(path)
    first = path.read_bytes()
    assert first.startswith(magic)
    draw(path)
    assert path.read_bytes() == first
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_dollars_are_no_mathematics(tmp_path):
    draw(tmp_path / "plot.svg", title="$x_1$ and \\frac")


def test_missing_letters_are_said_once(tmp_path, capsys):
    draw(tmp_path / "plot.png", title="細胞細胞")
    assert capsys.readouterr().err.count("W531") == 1


def test_other_suffixes_are_refused_before_drawing():
    with pytest.raises(InputError, match="E533"):
        plots.check_plot_path(Path("plot.jpeg"))
    plots.check_plot_path(None)


def test_matplotlib_is_an_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setattr(plots, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match="plot"):
        plots.check_plot_path(Path("plot.png"))


def test_failure_while_drawing_leaves_the_old_plot(tmp_path):
    path = tmp_path / "plot.png"
    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt), plots.open_plot(path):
        raise KeyboardInterrupt
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["plot.png"]
