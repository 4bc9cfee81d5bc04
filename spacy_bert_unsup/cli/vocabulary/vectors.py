"""`vectors`: take the vocabulary vectors out of a model (spec part 1)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...errors import Errors, InputError
from ...types import Floats
from ..messages import good
from ..options import JsonFlag
from ..terminal import format_table

if TYPE_CHECKING:
    from ...mlm.model import MaskedLM
    from ...mlm.tensors import NamedTensors

DECODER, INPUT = "decoder", "input"
SUFFIXES = (".npy", ".npz", ".safetensors")
VOCAB = "vocab.txt"


def vectors_cli(
    model: Annotated[
        str, typer.Argument(help="'starter', a folder or a hub name.")
    ] = "starter",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="Write the vectors: .npy, .npz or .safetensors; vocab.txt beside.",
        ),
    ] = None,
    key: Annotated[
        str,
        typer.Option(
            "--key", help="'decoder', 'input' or the name of a tensor from --list."
        ),
    ] = DECODER,
    list_all: Annotated[
        bool, typer.Option("--list", help="List all tensors, with their shapes.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Take the vocabulary vectors out of a model, one row for each entry.

    The decoder's rows are those in which the model predicts, the input's those that
    it reads; in most models they are tied, one and the same.

    \b
    Example:
      python -m spacy bert-unsup vectors starter --list
      python -m spacy bert-unsup vectors starter --out vectors/vectors.npy
    """
    import srsly

    from ...mlm.tensors import load_with_tensors

    if out is not None and out.suffix not in SUFFIXES:
        raise InputError(Errors.E537.format(path=out))
    lm, tensors = load_with_tensors(model)
    chosen = choose_key(tensors, key, lm.name)
    if out is not None:
        write_vectors(lm, tensors.tensors[chosen], out)
    facts = describe(tensors, chosen, lm.name)
    if as_json:
        typer.echo(srsly.json_dumps(facts))
    else:
        names = list(tensors.tensors) if list_all else tensors.tables()
        typer.echo(tensor_table(tensors, names))
    if out is not None:
        rows, width = tensors.tensors[chosen].shape
        good(f"Wrote {rows} x {width} {chosen}: {out}, {out.with_name(VOCAB)}")


def choose_key(tensors: NamedTensors, key: str, model: str) -> str:
    """The tensor that the user means.

    tensors (NamedTensors): Of the model.
    key (str): "decoder", "input" or a name.
    model (str): The model's name, for messages.
    RETURNS (str): A name.
    RAISES (InputError): if there is no such tensor, or it has no row for every term.
    """
    short = {DECODER: tensors.decoder_key, INPUT: tensors.input_key}
    name = short.get(key, key)
    if name not in tensors.tables():
        candidates = ", ".join([DECODER, INPUT, *tensors.tables()])
        message = Errors.E536.format(name=model, key=key, candidates=candidates)
        raise InputError(message)
    return name


def write_vectors(lm: MaskedLM, matrix: Floats, out: Path) -> None:
    """Write vectors and, beside them, their terms, as `cluster` reads them.

    lm (MaskedLM): The model, with V terms.
    matrix (Floats): (V, D).
    out (Path): .npy, .npz or .safetensors; the terms go to vocab.txt in its folder.
    RAISES (InputError): if a term holds a line break, or the folder has the vocab.txt
        of another vocabulary.
    """
    from ...vocab.tables import read_terms, write_table
    from ...vocab.vectors import VocabVectors

    for term in lm.terms:
        if "\n" in term or "\r" in term:
            raise InputError(Errors.E538.format(term=term))
    vocab = out.with_name(VOCAB)
    if vocab.exists() and read_terms(vocab) != lm.terms:
        raise InputError(Errors.E539.format(path=vocab))
    table = VocabVectors(lm.terms, matrix, lm.surface(), lm.is_continuation())
    write_table(out, table)


def describe(tensors: NamedTensors, chosen: str, model: str) -> dict[str, Any]:
    """What there is, as plain data.

    tensors (NamedTensors): Of the model.
    chosen (str): The tensor that is meant.
    model (str): The model's name.
    RETURNS (dict[str, Any]): `model`, `tied`, `input`, `decoder`, `chosen` and
        `tensors` (name -> shape).
    """
    return {
        "model": model,
        "tied": tensors.tied,
        "input": tensors.input_key,
        "decoder": tensors.decoder_key,
        "chosen": chosen,
        "tensors": {key: list(array.shape) for key, array in tensors.tensors.items()},
    }


def tensor_table(tensors: NamedTensors, names: Sequence[str]) -> str:
    """Tensors for a terminal.

    tensors (NamedTensors): Of the model.
    names (Sequence[str]): Which to show.
    RETURNS (str): A table.
    """
    roles = {tensors.input_key: INPUT, tensors.decoder_key: DECODER}
    if tensors.tied:
        roles = {key: f"{role}, tied" for key, role in roles.items()}
    rows = [
        [name, " x ".join(map(str, tensors.tensors[name].shape)), roles.get(name, "")]
        for name in names
    ]
    return format_table(rows, ["tensor", "shape", "what it is"], numbers=[1])
