"""The colours of the labels in displaCy, offered to spaCy by an entry point.

Light enough for black text (contrast 8 or more), and chosen so that the two closest
broad labels still differ by 8 CIELAB units for readers with red- or green-blindness. A
fine label has the hue of the broad one above it, lighter.
"""

from __future__ import annotations

from .vocab.scheme import BROAD

BROAD_COLORS = {
    "PERSON": "#8aa4b1",
    "LOCATION": "#ff973c",
    "ORGANIZATION": "#bef2ff",
    "GROUP": "#b197d8",
    "TIME": "#e5be63",
    "QUANTITY": "#e5f27d",
    "EVENT": "#ffe53c",
    "PRODUCT": "#cba4d8",
    "WORK": "#ff7d63",
    "OBJECT": "#e5d849",
    "DISEASE": "#ffd8cb",
    "CHEMICAL": "#8acb8a",
    "SUBSTANCE": "#d8f2a4",
    "GENE": "#beb1ff",
    "SPECIES": "#70b163",
    "BODY_PART": "#e5b1b1",
    "BODY_SUBSTANCE": "#ffa4cb",
    "CELL": "#70b197",
    "CELL_COMPONENT": "#56a4ff",
    "PROCEDURE": "#bed8ff",
}

FALLBACK = "#dddddd"
"""What displaCy gives to labels that nobody coloured."""


def lighten(color: str, share: float) -> str:
    """Mix a colour with white.

    color (str): As "#rrggbb".
    share (float): How much white, between 0 and 1.
    RETURNS (str): As "#rrggbb".
    """
    parts = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(p + (255 - p) * share):02x}" for p in parts)


DISPLACY_COLORS = BROAD_COLORS | {
    fine: lighten(BROAD_COLORS[broad], 0.4) for fine, broad in BROAD.items()
}


def color_of(label: str) -> str:
    """The colour of a label.

    label (str): Any label; case does not matter, as in displaCy.
    RETURNS (str): As "#rrggbb"; grey if the label has none of its own.
    """
    return DISPLACY_COLORS.get(label.upper(), FALLBACK)
