"""The labels: which are entities, which are not, which lies beneath which."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import AssetsError, Errors
from ..util import read_text

NON_ENTITY = ("FUNCTION", "VERB", "ADJECTIVE", "ADVERB", "GENERIC")
"""Classes of the shipped scheme that compete with the entity labels and may win."""

BROAD: Mapping[str, str] = {
    "ROLE": "PERSON",
    "HUMAN": "PERSON",
    "GPE": "LOCATION",
    "LANDFORM": "LOCATION",
    "FACILITY": "LOCATION",
    "COMPANY": "ORGANIZATION",
    "TEAM": "ORGANIZATION",
    "NATIONALITY": "GROUP",
    "RELIGION": "GROUP",
    "LANGUAGE": "GROUP",
    "DATE": "TIME",
    "NUMBER": "QUANTITY",
    "UNIT": "QUANTITY",
    "MONEY": "QUANTITY",
    "SOFTWARE": "PRODUCT",
    "VEHICLE": "PRODUCT",
    "LAW": "WORK",
    "SYMPTOM": "DISEASE",
    "DRUG": "CHEMICAL",
    "FOOD": "SUBSTANCE",
    "MATERIAL": "SUBSTANCE",
    "PROTEIN": "GENE",
    "ANIMAL": "SPECIES",
    "PLANT": "SPECIES",
    "MICROBE": "SPECIES",
}
"""Fine label -> broad label of the shipped scheme."""

COMPOUNDS: Mapping[str, tuple[str, ...]] = {
    "CELL": ("BODY_PART", "BODY_SUBSTANCE", "DISEASE", "GENE", "SPECIES"),
    "BODY_PART": ("BODY_SUBSTANCE", "CELL"),
    "BODY_SUBSTANCE": ("BODY_PART", "CELL"),
    "CELL_COMPONENT": ("BODY_PART", "CELL", "CHEMICAL", "SPECIES"),
    "DISEASE": ("BODY_PART", "BODY_SUBSTANCE", "CELL", "PROCEDURE", "SPECIES"),
    "EVENT": ("LOCATION", "OBJECT", "ORGANIZATION", "TIME"),
    "GENE": (
        *("BODY_PART", "BODY_SUBSTANCE", "CELL", "CELL_COMPONENT", "CHEMICAL"),
        *("PERSON", "SPECIES"),
    ),
    "PROCEDURE": (
        *("BODY_PART", "BODY_SUBSTANCE", "CELL", "CELL_COMPONENT", "DISEASE", "GENE"),
        "OBJECT",
    ),
    "SPECIES": ("DISEASE",),
    "SUBSTANCE": ("BODY_PART", "SPECIES"),
    **dict.fromkeys(
        (
            *("CHEMICAL", "GROUP", "LOCATION", "OBJECT", "ORGANIZATION", "PERSON"),
            *("PRODUCT", "QUANTITY", "TIME", "WORK"),
        ),
        (),
    ),
}
"""Broad label of the shipped scheme -> those whose words its names take in.

"Breast cancer" is one disease; in "lithium toxicity" and "cancer patients" there are
two things. Written by what plain sense says; what it gives: benchmarks/results.
"""

ONTONOTES: Mapping[str, str | None] = {
    "LOCATION": "LOC",
    "GPE": "GPE",
    "LANDFORM": "LOC",
    "FACILITY": "FAC",
    "ORGANIZATION": "ORG",
    "COMPANY": "ORG",
    "TEAM": "ORG",
    "GROUP": "NORP",
    "NATIONALITY": "NORP",
    "RELIGION": "NORP",
    "TIME": "DATE",
    "NUMBER": "CARDINAL",
    "WORK": "WORK_OF_ART",
}
"""Label -> the name that the OntoNotes scheme has for it; others keep their name."""

SHIPPED_MAPS: Mapping[str, Mapping[str, str | None]] = {
    "broad": BROAD,
    "ontonotes": ONTONOTES,
}


@dataclass(frozen=True)
class LabelScheme:
    """A set of labels and how they hang together.

    labels (tuple[str, ...]): All L labels, in the order of the columns of a table.
    parents (Mapping[str, str]): Fine label -> the label above it.
    non_entity (tuple[str, ...]): Labels that mean: no entity.
    """

    labels: tuple[str, ...]
    parents: Mapping[str, str] = field(default_factory=dict)
    non_entity: tuple[str, ...] = NON_ENTITY

    @classmethod
    def collect(
        cls, used: Iterable[str], parents: Mapping[str, str] = BROAD
    ) -> LabelScheme:
        """Make the scheme of some used labels, parents included.

        used (Iterable[str]): Labels.
        parents (Mapping[str, str]): Fine -> broad; entries without use are dropped.
        RETURNS (LabelScheme): Labels in alphabetical order, non-entity ones last.
        """
        names = set(used)
        above = {f: b for f, b in parents.items() if f in names}
        while not names.issuperset(above.values()):
            names |= set(above.values())
            above = {f: b for f, b in parents.items() if f in names}
        ordered = sorted(names, key=lambda name: (name in NON_ENTITY, name))
        return cls(tuple(ordered), above, tuple(n for n in NON_ENTITY if n in names))

    @property
    def entities(self) -> tuple[str, ...]:
        """The labels that a span can get."""
        return tuple(name for name in self.labels if name not in self.non_entity)

    def ancestors(self, label: str) -> tuple[str, ...]:
        """The label itself and all above it, nearest first.

        label (str): Any label, known or not.
        RETURNS (tuple[str, ...]): At least the label.
        RAISES (AssetsError): if the labels above it form a circle.
        """
        line = [label]
        while (above := self.parents.get(line[-1])) is not None:
            if above in line:
                circle = " -> ".join([*line, above])
                raise AssetsError(Errors.E208.format(circle=circle))
            line.append(above)
        return tuple(line)

    def is_a(self, label: str, ancestor: str) -> bool:
        """Whether a label is, or lies beneath, another.

        label (str): The finer one.
        ancestor (str): The broader one.
        RETURNS (bool): True if they are equal or one is above the other.
        """
        return ancestor in self.ancestors(label)


def read_label_map(
    source: str | Path | Mapping[str, str | None],
) -> dict[str, str | None]:
    """Get a map that renames labels: shipped by name, or a JSON file.

    source (str | Path | Mapping[str, str]): "broad", "ontonotes", a path or a map.
    RETURNS (dict[str, str | None]): Label -> new label, None where it is dropped.
    RAISES (AssetsError): if there is no such map or file, or it is no JSON object.
    """
    if isinstance(source, Mapping):
        return dict(source)
    if str(source) in SHIPPED_MAPS:
        return dict(SHIPPED_MAPS[str(source)])
    path = Path(source)
    if not path.is_file():
        names = ", ".join(map(repr, SHIPPED_MAPS))
        raise AssetsError(Errors.E209.format(source=source, names=names))
    try:
        found = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise AssetsError(Errors.E210.format(path=path, error=error)) from error
    if not isinstance(found, dict):
        raise AssetsError(Errors.E210.format(path=path, error="not an object"))
    for label, name in found.items():
        if not (name is None or (isinstance(name, str) and name)):
            reason = f"{label!r} becomes {name!r}, which is no label"
            raise AssetsError(Errors.E210.format(path=path, error=reason))
    return found
