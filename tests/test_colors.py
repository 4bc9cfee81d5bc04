from itertools import combinations

import numpy as np
import pytest

from spacy_bert_unsup.colors import (
    BROAD_COLORS,
    DISPLACY_COLORS,
    FALLBACK,
    color_of,
    lighten,
)
from spacy_bert_unsup.vocab.scheme import BROAD

# Linear RGB as seen with full colour vision, deuteranopia and protanopia
# (Machado, Oliveira and Fernandes 2009, severity 1.0).
SIGHT = {
    "full": np.eye(3),
    "deuteranopia": np.array(
        [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]
    ),
    "protanopia": np.array(
        [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]
    ),
}
TO_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
)


def linear(color):
    rgb = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    x, y, z = np.cbrt(np.clip(TO_XYZ @ rgb / [0.9505, 1, 1.089], 0.009, None))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("label", DISPLACY_COLORS)
def test_black_text_is_readable(label):
    luminance = TO_XYZ[1] @ linear(DISPLACY_COLORS[label])
    assert (luminance + 0.05) / 0.05 >= 8


@pytest.mark.parametrize("sight", SIGHT)
def test_broad_labels_look_different(sight):
    seen = {
        label: lab(np.clip(SIGHT[sight] @ linear(color), 0, 1))
        for label, color in BROAD_COLORS.items()
    }
    for one, other in combinations(seen, 2):
        assert np.linalg.norm(seen[one] - seen[other]) > 8, (one, other)


def test_every_label_of_the_scheme_has_a_colour():
    assert set(BROAD_COLORS) == {*BROAD.values()} | {
        label for label in DISPLACY_COLORS if label not in BROAD
    }
    assert set(BROAD) <= set(DISPLACY_COLORS)


def test_color_of_ignores_case_and_falls_back():
    assert color_of("person") == BROAD_COLORS["PERSON"]
    assert color_of("FRUIT") == FALLBACK


def test_lighten():
    assert lighten("#000000", 0.0) == "#000000"
    assert lighten("#000000", 1.0) == "#ffffff"
    assert lighten("#ff0000", 0.5) == "#ff8080"
