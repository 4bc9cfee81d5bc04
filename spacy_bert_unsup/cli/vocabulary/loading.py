"""Get the vocabulary that a command shall look into: of a model, or from files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from ...errors import Errors, InputError
from ..texts import repair_surrogates

if TYPE_CHECKING:
    from ...mlm.model import MaskedLM
    from ...types import Floats
    from ...vocab.vectors import VocabVectors

STARTER = "starter"

VectorsOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--vectors",
        help="Any table of vectors instead of a model: .npy, .npz or .safetensors.",
    ),
]
VocabOption: TypeAlias = Annotated[
    Path | None,
    typer.Option("--vocab", help="The terms of --vectors, one a line, in its order."),
]
MaxBinOption: TypeAlias = Annotated[
    int,
    typer.Option(
        "--max-bin", min=1, help="A tail ends before a bin with so many terms."
    ),
]
TailBinOption: TypeAlias = Annotated[
    int,
    typer.Option(
        "--tail-bin", min=1, help="Or before two bins in a row with so many each."
    ),
]
ZScoreOption: TypeAlias = Annotated[
    float | None,
    typer.Option(
        "--z-score",
        help="End tails so many standard deviations above the mean instead.",
    ),
]
CompatibleFlag: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--upstream-compatible", help="Compute as the original does, oddities included."
    ),
]
ClustersOption: TypeAlias = Annotated[
    Path | None,
    typer.Option("--clusters", help="A folder that 'cluster' wrote."),
]


@dataclass(frozen=True)
class VocabularySource:
    """Where a vocabulary comes from: a model, or two files.

    model (Optional[str]): "starter", a folder or a hub name.
    vectors (Optional[Path]): A table of vectors.
    vocab (Optional[Path]): Its terms.
    """

    model: str | None = None
    vectors: Path | None = None
    vocab: Path | None = None


@dataclass(frozen=True)
class Vocabulary:
    """A vocabulary with its vectors, and the model that it was taken from.

    name (str): What to call it in messages.
    vectors (VocabVectors): Terms and vectors.
    lm (Optional[MaskedLM]): None if it was read from files.
    """

    name: str
    vectors: VocabVectors
    lm: MaskedLM | None = None

    def model(self) -> MaskedLM:
        """The model, for those who must have one.

        RETURNS (MaskedLM): It.
        RAISES (InputError): if the vocabulary was read from files.
        """
        if self.lm is None:
            raise InputError(Errors.E535)
        return self.lm


def load_vocabulary(source: VocabularySource) -> Vocabulary:
    """Load the vocabulary of a model, or a table from files.

    source (VocabularySource): Where it comes from; the starter if it does not say.
    RETURNS (Vocabulary): Its decoder rows, in which the model predicts.
    RAISES (InputError): if the options contradict each other, or a file cannot be used.
    RAISES (ModelError): if the model cannot be loaded.
    """
    given = source.vectors is not None or source.vocab is not None
    if given and (
        source.model is not None or source.vectors is None or source.vocab is None
    ):
        raise InputError(Errors.E534)
    if source.vectors is not None and source.vocab is not None:
        from ...vocab.tables import read_table

        vectors = read_table(source.vectors, source.vocab)
        return Vocabulary(source.vectors.name, vectors)
    from ...mlm.model import MaskedLM
    from ...vocab.vectors import VocabVectors

    lm = MaskedLM.load(source.model or STARTER)
    return Vocabulary(lm.name, VocabVectors.from_mlm(lm), lm)


def phrase_vector(lm: MaskedLM, phrase: str) -> Floats:
    """The vector of a phrase in the space of the vocabulary (spec part 7).

    lm (MaskedLM): The model.
    phrase (str): Words; a long text is read in windows.
    RETURNS (Floats): (D,) at [CLS], out of the MLM head.
    RAISES (InputError): if there is nothing to read.
    """
    from ...vectors.texts import text_vectors

    if not phrase.strip():
        raise InputError(Errors.E570)
    return text_vectors(lm, [repair_surrogates(phrase)])[0]
