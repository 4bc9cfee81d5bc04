"""Texts with spans that people labelled, from CoNLL or .spacy files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import Errors, InputError
from ..types import TokenSpan
from .conll import read_conll
from .texts import GoldText, LabelledSpan

if TYPE_CHECKING:
    from spacy.tokens import Doc

ANY_TAG = "*"
"""The key of a map that speaks of all tags which the map does not name."""


@dataclass(frozen=True)
class GoldSet:
    """Gold texts that are scored together.

    name (str): Where they come from, for messages.
    texts (Sequence[GoldText]): With mapped labels.
    targets (frozenset[str]): The labels that they can ask for: predictions of other
        kinds are not scored.
    """

    name: str
    texts: Sequence[GoldText]
    targets: frozenset[str]

    @classmethod
    def read(
        cls, path: str | Path, label_map: Mapping[str, str | None] | None = None
    ) -> GoldSet:
        """Read a gold file and map its tags.

        path (str | Path): CoNLL or `.spacy`.
        label_map (Optional[Mapping[str, str | None]]): As in `map_gold`; its labels are
            targets even where the texts have none of them.
        RETURNS (GoldSet): The set.
        RAISES (InputError): if the file or the map cannot be used.
        """
        texts = read_gold(path)
        named: set[str] = set()
        if label_map is not None:
            texts = map_gold(texts, label_map)
            named = {label for label in label_map.values() if label is not None}
        used = {span.label for text in texts for span in text.spans}
        return cls(str(path), texts, frozenset(named | used))

    def thin(self, most: int) -> GoldSet:
        """Fewer texts, evenly spaced.

        most (int): How many texts may stay.
        RETURNS (GoldSet): The same set, or a smaller one.
        """
        step = -(-len(self.texts) // most)
        return replace(self, texts=self.texts[::step])


def read_gold(path: str | Path) -> list[GoldText]:
    """Read gold texts: `.spacy` is a DocBin, every other suffix is CoNLL.

    path (str | Path): The file.
    RETURNS (list[GoldText]): At least one text.
    RAISES (InputError): if the file cannot be read as what it should be, or is empty.
    """
    path = Path(path)
    texts = read_docbin(path) if path.suffix == ".spacy" else read_conll(path)
    if not texts:
        raise InputError(Errors.E503.format(path=path))
    return texts


def read_docbin(path: str | Path) -> list[GoldText]:
    """Read the entities of a `.spacy` file.

    path (str | Path): A file written by `DocBin.to_disk`.
    RETURNS (list[GoldText]): One for every Doc.
    RAISES (InputError): if it is missing or no DocBin.
    """
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    try:
        docs = DocBin().from_disk(path).get_docs(Vocab())
        return [_from_doc(doc) for doc in docs]
    except OSError as error:
        raise InputError(Errors.E002.format(path=path, error=error.strerror)) from error
    except Exception as error:  # zlib, msgpack and spaCy each have their own
        raise InputError(Errors.E504.format(path=path, error=error)) from error


def map_gold(
    texts: Iterable[GoldText],
    label_map: Mapping[str, str | None],
    *,
    where: str | Path = "the map",
) -> list[GoldText]:
    """Rename the tags of gold spans, and set those aside that the map drops.

    texts (Iterable[GoldText]): With the tags of their source.
    label_map (Mapping[str, str | None]): Tag -> label, None where it is dropped; the
        key "*" speaks of all other tags.
    where (str | Path): Where the map comes from, for messages.
    RETURNS (list[GoldText]): With labels.
    RAISES (InputError): if the map says nothing about a tag.
    """
    texts = list(texts)
    tags = {span.label for text in texts for span in text.spans}
    if ANY_TAG not in label_map and (missing := sorted(tags - set(label_map))):
        message = Errors.E505.format(tags=", ".join(missing), where=where)
        raise InputError(message)
    default = label_map.get(ANY_TAG)
    names = {tag: label_map.get(tag, default) for tag in tags}
    return [_rename(text, names) for text in texts]


def span_bounds(spans: Sequence[LabelledSpan]) -> list[TokenSpan]:
    """Spans without their labels.

    spans (Sequence[LabelledSpan]): Any.
    RETURNS (list[TokenSpan]): Start and end of each.
    """
    return [(span.start, span.end) for span in spans]


def _rename(text: GoldText, names: Mapping[str, str | None]) -> GoldText:
    kept, dropped = [], []
    for span in text.spans:
        label = names[span.label]
        if label is None:
            dropped.append((span.start, span.end))
        else:
            kept.append(span._replace(label=label))
    return replace(text, spans=tuple(kept), dropped=tuple(dropped))


def _from_doc(doc: Doc) -> GoldText:
    return GoldText(
        words=tuple(token.text for token in doc),
        spans=tuple(LabelledSpan(e.start, e.end, e.label_) for e in doc.ents),
        spaces=tuple(bool(token.whitespace_) for token in doc),
    )
