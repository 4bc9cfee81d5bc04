"""`label`: what is labelled, what to label next, and answers taken over."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import typer

from ...errors import Errors, InputError
from ..messages import good, warn
from ..options import JsonFlag

if TYPE_CHECKING:
    from ...types import Floats
    from ...vocab.workshop.folder import Workshop

Units: TypeAlias = Literal["clusters", "terms"]
Order: TypeAlias = Literal["mass", "doubt"]


def label_cli(
    folder: Annotated[
        Path, typer.Argument(metavar="ASSETS", help="The folder of a build.")
    ],
    number: Annotated[
        int | None,
        typer.Option("--next", min=1, help="Show so many units to label next."),
    ] = None,
    sheet_out: Annotated[
        Path | None,
        typer.Option("--export", help="Write a sheet to fill: .tsv or .jsonl."),
    ] = None,
    sheet_in: Annotated[
        Path | None, typer.Option("--import", help="Take over a filled sheet.")
    ] = None,
    interactive: Annotated[
        bool,
        typer.Option("--interactive", "-i", help="Ask about one unit after the other."),
    ] = False,
    units: Annotated[
        Units, typer.Option("--units", help="Whether a unit is a cluster or a term.")
    ] = "clusters",
    order: Annotated[
        Order,
        typer.Option(
            "--order",
            help="By running text that an answer decides, or weighted by doubt.",
        ),
    ] = "mass",
    text: Annotated[
        list[Path] | None,
        typer.Option(
            "--text",
            help="Running text, .txt or .jsonl, to count terms in; more: once more.",
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, help="Units in a sheet or a session.")
    ] = 1000,
    labelled: Annotated[
        bool,
        typer.Option(
            "--labelled", help="Put what is labelled into the sheet too, to change it."
        ),
    ] = False,
    model: Annotated[
        str | None,
        typer.Option(
            "--model", help="For --text: the model, if it is not where it was."
        ),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Say what is labelled and what to label next; take over what people decide.

    Answers go to ASSETS/seed_labels.jsonl. They win over everything inferred, and no
    build takes them away; build again to let them vote.

    \b
    Example:
      python -m spacy bert-unsup label output/mine --next 20
      python -m spacy bert-unsup label output/mine --export sheet.tsv
      python -m spacy bert-unsup label output/mine --import sheet.tsv
      python -m spacy bert-unsup label output/mine --interactive
    """
    import srsly

    from ...vocab.workshop.agenda import Agenda, labelled_rows
    from ...vocab.workshop.folder import Workshop
    from ...vocab.workshop.sheet import write_sheet
    from .label_loop import run_loop
    from .label_report import next_records, report_text, statistics

    if interactive and as_json:
        raise typer.BadParameter("--interactive and --json exclude each other")
    shop = Workshop.open(folder)
    report: dict[str, Any] = {}
    if sheet_in is not None:
        shop, report["imported"] = import_sheet(shop, sheet_in)
        _announce(report["imported"], sheet_in, folder)
    masses, source = term_masses(shop, text or [], model)

    def plan(most: int) -> Agenda:
        return Agenda.plan(shop, masses, units=units, order=order, limit=most)

    if sheet_out is not None:
        rows = plan(limit).rows(shop) + (labelled_rows(shop) if labelled else [])
        report["exported"] = write_sheet(sheet_out, rows)
        good(f"Wrote {report['exported']} rows: {sheet_out}")
    if interactive:
        shop = run_loop(shop, plan(limit))
    if number is not None:
        report["next"] = next_records(plan(number), shop)
    if not (number or sheet_in or sheet_out or interactive):
        report["statistics"] = statistics(shop, masses)
    report["mass"] = source
    if shown := srsly.json_dumps(report) if as_json else report_text(report):
        typer.echo(shown)


def term_masses(
    shop: Workshop, texts: Sequence[Path], model: str | None = None
) -> tuple[Floats, str]:
    """How much of running text each term makes up.

    shop (Workshop): The folder.
    texts (Sequence[Path]): Files to count in; none: a guess from the MLM bias.
    model (Optional[str]): Where the model is; None where it was when the build began.
    RETURNS (tuple[Floats, str]): (V,) shares, sum 1; and where they come from.
    RAISES (InputError): if the model is not the one that the folder was made with.
    """
    from ...vocab.workshop.worklist import count_masses, guess_masses

    vectors = shop.table.vectors
    if not texts:
        masses = guess_masses(shop.table.bias, vectors.usable)
        return masses, "guessed by Zipf's law from the order of the MLM bias"
    counts = count_pieces(shop, texts, model)
    pieces = int(counts.sum())
    return count_masses(counts * vectors.usable), f"counted in {pieces} pieces of text"


def count_pieces(shop: Workshop, texts: Sequence[Path], model: str | None) -> Any:
    """Count the vocabulary's entries in files.

    shop (Workshop): The folder.
    texts (Sequence[Path]): .txt or .jsonl files.
    model (Optional[str]): Where the model is.
    RETURNS (Ints): (V,) counts.
    RAISES (InputError): if the model is another one, or a file cannot be read.
    """
    import numpy as np
    from tqdm import tqdm

    from ...mlm.model import MaskedLM
    from ..texts import read_texts

    found = read_texts(list(map(str, texts)))
    lm = MaskedLM.load(model or shop.table.source)
    if lm.fingerprint != shop.table.vectors.fingerprint:
        message = Errors.E561.format(
            folder=shop.folder,
            theirs=shop.table.model,
            their_print=shop.table.vectors.fingerprint,
            model=lm.name,
            our_print=lm.fingerprint,
        )
        raise InputError(message)
    counts = np.zeros(len(shop.table.vectors), np.int64)
    for item in tqdm(found, unit=" texts", disable=None):
        for pieces in lm.tokenize([item.text]):
            counts += np.bincount(pieces.ids, minlength=len(counts))
    return counts


def import_sheet(shop: Workshop, path: Path) -> tuple[Workshop, dict[str, Any]]:
    """Make the answers of a sheet part of what people wrote, and save it.

    shop (Workshop): The folder.
    path (Path): The sheet.
    RETURNS (tuple[Workshop, dict[str, Any]]): The folder after it; `lines`, `added`,
        `changed`, `removed` terms and `new_labels`.
    RAISES (AssetsError): if anything in it is wrong; then nothing is changed.
    """
    from ...vocab.labels import iter_labels
    from ...vocab.workshop.sheet import apply_answers, read_sheet

    answers = read_sheet(path)
    old = shop.seeds
    new = apply_answers(old, answers, path=path, vectors=shop.table.vectors)
    known = {*iter_labels(old), *shop.labels}
    shop = shop.with_seeds(new)
    if new != old:
        shop.save_seeds()
    return shop, {
        "lines": len(answers),
        "added": sum(term not in old for term in new),
        "changed": sum(
            term in old and names != old[term] for term, names in new.items()
        ),
        "removed": sum(term not in new for term in old),
        "new_labels": [name for name in iter_labels(new) if name not in known],
    }


def _announce(found: dict[str, Any], path: Path, folder: Path) -> None:
    if found["new_labels"]:
        warn(f"New labels: {', '.join(found['new_labels'])}. Is one of them a slip?")
    good(
        f"{path}: {found['lines']} filled lines; {found['added']} terms added, "
        f"{found['changed']} changed, {found['removed']} taken away. Build {folder} "
        "again to let them vote."
    )
