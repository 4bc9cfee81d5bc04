"""`fill`: what the model would put into the blanks of a text, or for each word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import typer

from ...errors import ConfigError, Errors, InputError
from ...types import Bools, Floats, Query, TopTerms
from ..options import AssetsOption, JsonFlag, ModelOption
from ..terminal import bar, format_table
from .blanks import MASK, find_blanks, read_text_with_blanks
from .labelled import (
    DIGITS,
    VOTERS,
    LabelledModel,
    LabelsFlag,
    UnfilteredFlag,
    load_labelled,
)

if TYPE_CHECKING:
    from ...mlm.text import EncodedText

How: TypeAlias = Literal["masked", "read"]
Place: TypeAlias = tuple[int, How, Query]
Record: TypeAlias = dict[str, Any]


def fill_cli(
    text: Annotated[str, typer.Argument(help="The text, with [MASK] for each blank.")],
    top: Annotated[
        int, typer.Option("--top", min=1, help="Terms to show for each place.")
    ] = 10,
    every: Annotated[
        bool,
        typer.Option("--all", help="Ask for every word, blanked and as it stands."),
    ] = False,
    guess: Annotated[
        bool,
        typer.Option("--type", help="Guess what kind of entity belongs there."),
    ] = False,
    label: Annotated[
        str | None,
        typer.Option("--label", help="Show only terms that speak for this label."),
    ] = None,
    unfiltered: UnfilteredFlag = False,
    labels: LabelsFlag = True,
    model: ModelOption = None,
    assets: AssetsOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Fill the blanks of a text: terms with probabilities, and what they speak for.

    Only whole words of two letters or more are shown; the others keep their share of
    the probability. The kind of the terms is more reliable than any one of them.

    \b
    Example:
      python -m spacy bert-unsup fill "Aspirin is used to treat [MASK] ." --type
      python -m spacy bert-unsup fill "He drew blood cell samples." --all
    """
    import srsly

    wanted = labels or guess or label is not None
    reader = load_labelled(model, assets, labels=wanted)
    allowed = reader.allowed(unfiltered=unfiltered)
    if label is not None:
        allowed = terms_of_label(reader, label, allowed)
    found = fill(text, reader, top=top, allowed=allowed, every=every, guess=guess)
    if as_json:
        typer.echo(srsly.json_dumps(found))
    elif every:
        typer.echo(word_table(found["words"]))
    else:
        blanks = found["blanks"]
        for number, blank in enumerate(blanks, 1):
            if len(blanks) > 1:
                typer.echo(f"\nBlank {number}, character {blank['start']}")
            typer.echo(blank_report(blank))


def fill(
    text: str,
    reader: LabelledModel,
    *,
    top: int = 10,
    allowed: Bools | None = None,
    every: bool = False,
    guess: bool = False,
) -> Record:
    """Ask a model about the blanks of a text, or about all of its words.

    text (str): With `[MASK]` for each blank.
    reader (LabelledModel): The model.
    top (int): Terms wanted for each place.
    allowed (Optional[Bools]): (V,) terms that may be shown; all if None.
    every (bool): Ask for every word, blanked ("masked") and as it stands ("read"; spec
        8.4), instead of for the blanks.
    guess (bool): Whether the kind of entity is wanted.
    RETURNS (dict[str, Any]): `text`, `notes`, and `blanks` or `words`. A blank has
        `start` and `end` in characters, `terms`, `labels` (shares) and perhaps `type`;
        a word has these in `masked` and `read`.
    RAISES (InputError): if the text has no blank, or nothing to read.
    """
    encoded, notes = read_text_with_blanks(reader.lm, text)
    blanks = find_blanks(encoded)
    if not blanks and not every:
        raise InputError(Errors.E571)
    places = _places(reader, encoded, range(len(encoded.words)) if every else blanks)
    answers = reader.lm.fill(
        [query for _, _, query in places], top_k=max(top, VOTERS), allowed=allowed
    )
    shares = reader.vote(answers)
    words: dict[int, Record] = {}
    for row, (word, how, _) in enumerate(places):
        record = words.setdefault(word, _bounds(encoded, word))
        answer = _answer(reader, answers, row, top=top)
        answer["labels"] = reader.share_record(shares[row])
        if guess:
            answer["type"] = guess_type(reader, shares[row])
        record |= {how: answer} if every else answer
    kind = "words" if every else "blanks"
    return {"text": encoded.tokens.text, kind: list(words.values()), "notes": notes}


def guess_type(reader: LabelledModel, shares: Floats) -> Record:
    """The kind of entity that most of the vote is for.

    reader (LabelledModel): With labels.
    shares (Floats): (L,) shares of the vote.
    RETURNS (dict[str, Any]): `label`, None if no term speaks for an entity; `share` of
        the broad label over it; and `entity`, that of all entity labels together.
    """
    from ...voting.settings import VotingSettings
    from ...voting.spans import decide_roots, refine_label

    assert reader.rollup is not None
    found = decide_roots(shares[None], reader.rollup)
    share = round(float(found.score[0]), DIGITS)
    label = None
    if share:
        label = refine_label(
            shares,
            reader.rollup.roots[int(found.root[0])],
            reader.rollup.scheme,
            fine_share=VotingSettings().fine_share,
        )
    entity = round(float(found.entity[0]), DIGITS)
    return {"label": label, "share": share, "entity": entity}


def terms_of_label(
    reader: LabelledModel, label: str, allowed: Bools | None = None
) -> Bools:
    """The terms that speak for a label, or for one beneath it, before all others.

    reader (LabelledModel): With labels.
    label (str): One of them.
    allowed (Optional[Bools]): (V,) terms to choose from; all if None.
    RETURNS (Bools): (V,).
    RAISES (ConfigError): if there is no such label.
    """
    import numpy as np

    assert reader.rollup is not None and reader.tables is not None
    scheme = reader.rollup.scheme
    if label not in scheme.labels:
        names = ", ".join(scheme.labels)
        raise ConfigError(Errors.E572.format(label=label, names=names))
    shares = reader.tables.voters[: len(reader.vectors)]
    beneath = np.array([scheme.is_a(name, label) for name in scheme.labels], bool)
    chosen = beneath[shares.argmax(axis=1)] & shares.any(axis=1)
    return chosen if allowed is None else chosen & allowed


def blank_report(blank: Record) -> str:
    """One blank for a terminal.

    blank (dict[str, Any]): One of `blanks` of `fill`.
    RETURNS (str): Lines: the terms, the shares of the labels, and the type.
    """
    rows = [
        [t["term"], f"{t['probability']:.4f}", f"{t['score']:.2f}", _join(t["labels"])]
        for t in blank["terms"]
    ]
    header = ["term", "probability", "score", "speaks for"]
    lines = [format_table(rows, header, numbers=[1, 2])]
    width = max(map(len, blank["labels"]), default=0)
    if blank["labels"]:
        lines.append(f"\nThe vote of the first {VOTERS} terms")
    for name, share in blank["labels"].items():
        lines.append(f"  {name:<{width}}  {bar(share)} {share:.2f}")
    if "type" in blank:
        lines.append(_type_line(blank["type"]))
    return "\n".join(lines)


def word_table(words: list[Record]) -> str:
    """All words of a text for a terminal.

    words (list[dict[str, Any]]): `words` of `fill`.
    RETURNS (str): A table with up to two rows for each word.
    """
    rows = []
    for word in words:
        for how in ("masked", "read"):
            if how in word:
                answer = word[how]
                best = answer.get("type", {}).get("label") or next(
                    iter(answer["labels"]), ""
                )
                terms = [f"{t['term']} {t['probability']:.2f}" for t in answer["terms"]]
                rows.append([word["text"], how, best, ", ".join(terms)])
    return format_table(rows, ["word", "how", "label", "terms"])


def _places(
    reader: LabelledModel, text: EncodedText, words: range | list[int]
) -> list[Place]:
    """A masked copy for each word; and, if it is no blank, the word as it stands."""
    from ...mlm.queries import mask_span, plain_query
    from ...voting.cues import window_of

    places: list[Place] = []
    for word in words:
        ids, first, last = window_of(text, word, word + 1, reader.lm.max_length)
        if last > first:  # rare characters may have no piece
            places.append((word, "masked", mask_span(reader.lm, ids, first, last)))
            if text.words[word] != MASK:
                places.append((word, "read", plain_query(reader.lm, ids, first, last)))
    return places


def _bounds(text: EncodedText, word: int) -> Record:
    start, end = int(text.tokens.starts[word]), int(text.tokens.ends[word])
    return {"text": text.words[word], "start": start, "end": end}


def _answer(reader: LabelledModel, found: TopTerms, row: int, *, top: int) -> Record:
    terms = reader.term_records(
        found.ids[row, :top],
        probability=found.probs[row, :top],
        score=found.logits[row, :top],
    )
    return {"terms": terms}


def _join(labels: list[str]) -> str:
    return "/".join(labels)


def _type_line(found: Record) -> str:
    if found["label"] is None:
        return "\nType: no term speaks for an entity"
    share, entity = found["share"], found["entity"]
    return (
        f"\nType: {found['label']}, {share:.2f} of the vote "
        f"({entity:.2f} for entities of any kind)"
    )
