"""Say where the tagger loses gold spans, set by set.

    python benchmarks/limits.py --data DIR [--sentences N] [--skip K] [--out FILE]

Every gold span ends in one column: found with its label; found with another one; lost
to a span at other bounds; voted no entity or below the threshold; or never asked. For
those never asked a second table says why. Writes Markdown. `DIR` as for `ner_eval.py`.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import spacy
from tqdm import tqdm

from spacy_bert_unsup.evaluation.gold import GoldSet
from spacy_bert_unsup.evaluation.metrics import IsA
from spacy_bert_unsup.evaluation.texts import GoldText, LabelledSpan
from spacy_bert_unsup.mlm.text import EncodedText
from spacy_bert_unsup.pipeline.docs import read_doc
from spacy_bert_unsup.pipeline.ner import BertUnsupNER
from spacy_bert_unsup.types import TokenSpan
from spacy_bert_unsup.vocab.scheme import read_label_map
from spacy_bert_unsup.voting.candidates import Candidates
from spacy_bert_unsup.voting.spans import refine_labels
from spacy_bert_unsup.voting.tagging import TaggedText, tag_texts
from spacy_bert_unsup.voting.thresholds import Thresholds

FATES = ("right", "other label", "other bounds", "no entity", "never asked")
REASONS = ("one function word", "begins with one", "too long", "others")
WORDS = ("all known", "some known", "all cut")
AT_ONCE = 20


@dataclass
class Losses:
    """Counts of one set: fates, fates by words, and reasons of those never asked."""

    fates: Counter[str]
    words: Counter[tuple[str, bool]]
    reasons: Counter[str]


def main() -> None:
    """Tag every set and write the tables."""
    options = parse_arguments()
    nlp = spacy.blank("en")
    ner = nlp.add_pipe("bert_unsup_ner")
    assert isinstance(ner, BertUnsupNER)
    found = {}
    for path in tqdm(sorted(options.data.glob("*.conll")), unit=" sets"):
        names = read_label_map(path.parent / "maps" / f"{path.stem}.json")
        gold = GoldSet.read(path, names)
        gold = replace(gold, texts=gold.texts[options.skip :]).thin(options.sentences)
        found[path.stem] = count_losses(ner, gold)
    text = markdown(found, options)
    options.out.write_text(text)
    sys.stdout.write(text)


def parse_arguments() -> argparse.Namespace:
    """Read the command line.

    RETURNS (argparse.Namespace): `data`, `sentences`, `skip` and `out`.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sentences", type=int, default=300)
    parser.add_argument(
        "--skip", type=int, default=0, help="sentences before the first"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("benchmarks/results/starter_limits.md")
    )
    return parser.parse_args()


def count_losses(ner: BertUnsupNER, gold: GoldSet) -> Losses:
    """Tag a set and see what became of its gold spans.

    ner (BertUnsupNER): Model, assets, settings.
    gold (GoldSet): The set.
    RETURNS (Losses): Counts.
    """
    losses = Losses(Counter(), Counter(), Counter())
    for text, read, tagged in tag_all(ner, gold):
        words = ner.tagger.lexicon.label_words(read)
        names = ner.tagger.rollup.names
        labels = refine_labels(
            tagged.scores.shares,
            tagged.decisions.root,
            ner.tagger.rollup,
            fine_share=ner.tagger.settings.fine_share,
        )
        bounds = [(start, end) for _, start, end in tagged.scores.spans.tolist()]
        chosen = {bounds[i]: names[labels[i]] for i in tagged.chosen}
        for span in text.spans:
            fate = find_fate(span, chosen, bounds, is_a=ner.assets.scheme.is_a)
            known = words.known[span.start : span.end]
            kind = WORDS[0 if known.all() else 2 if not known.any() else 1]
            losses.fates[fate] += 1
            losses.words[kind, fate == FATES[0]] += 1
            if fate == FATES[4]:
                losses.reasons[find_reason(ner, span, words.alone)] += 1
    return losses


def tag_all(
    ner: BertUnsupNER, gold: GoldSet
) -> Iterator[tuple[GoldText, EncodedText, TaggedText]]:
    """Tag the texts of a set, a few at a time.

    ner (BertUnsupNER): Model, assets, settings.
    gold (GoldSet): The set.
    YIELDS (tuple[GoldText, EncodedText, TaggedText]): For each text.
    """
    vocab = spacy.blank("en").vocab
    thresholds = Thresholds(ner.assets.thresholds.get("", 0.0))
    for first in range(0, len(gold.texts), AT_ONCE):
        texts = gold.texts[first : first + AT_ONCE]
        read = ner.tagger.encode([read_doc(text.to_doc(vocab)) for text in texts])
        asked = [Candidates([], join=True)] * len(read)
        tagged = tag_texts(ner.tagger, read, asked, thresholds)
        yield from zip(texts, read, tagged, strict=True)


def find_fate(
    span: LabelledSpan,
    chosen: Mapping[TokenSpan, str],
    asked: Collection[TokenSpan],
    *,
    is_a: IsA,
) -> str:
    """What became of a gold span.

    span (LabelledSpan): The span.
    chosen (Mapping[TokenSpan, str]): Bounds of the entities, and their labels.
    asked (Collection[TokenSpan]): Bounds of all spans that were voted on.
    is_a (Callable[[str, str], bool]): The label map.
    RETURNS (str): One of `FATES`.
    """
    place = span.start, span.end
    if place in chosen:
        return FATES[0 if is_a(chosen[place], span.label) else 1]
    if any(start < span.end and span.start < end for start, end in chosen):
        return FATES[2]
    return FATES[3 if place in asked else 4]


def find_reason(ner: BertUnsupNER, span: LabelledSpan, alone: np.ndarray) -> str:
    """Why a span was not even proposed.

    ner (BertUnsupNER): Assets and settings.
    span (LabelledSpan): The span.
    alone (np.ndarray): (T, L) labels of the text's words by themselves.
    RETURNS (str): One of `REASONS`.
    """
    column = ner.assets.scheme.labels.index("FUNCTION")
    begins = alone[span.start, column] > 0.5
    if begins:
        return REASONS[0 if span.end - span.start == 1 else 1]
    long = span.end - span.start > ner.tagger.settings.max_span
    return REASONS[2 if long else 3]


def markdown(found: dict[str, Losses], options: argparse.Namespace) -> str:
    """The tables for people.

    found (dict[str, Losses]): Set -> counts.
    options (argparse.Namespace): Parsed arguments.
    RETURNS (str): Markdown.
    """
    skip = f" --skip {options.skip}" if options.skip else ""
    run = f"python benchmarks/limits.py --data DIR --sentences {options.sentences}"
    fates = {name: [str(x.fates.total()), *_fates(x)] for name, x in found.items()}
    reasons = {name: _shares(x, x.reasons, REASONS) for name, x in found.items()}
    return "\n".join(
        [
            "# Where the starter loses gold spans",
            "",
            f"`{run}{skip}`",
            "",
            "Shares of the gold spans in percent; the last three columns are the "
            "recall of",
            "spans whose words the vocabulary has, has in part, or cuts.",
            "",
            *table(["gold", *FATES, *(f"found, {kind}" for kind in WORDS)], fates),
            "",
            "Gold spans that were never asked, by reason, in percent of all gold "
            "spans:",
            "",
            *table(REASONS, reasons),
            "",
        ]
    )


def table(columns: Sequence[str], rows: Mapping[str, Sequence[str]]) -> list[str]:
    """A table with a row for each set.

    columns (Sequence[str]): Names of the columns behind the first one.
    rows (Mapping[str, Sequence[str]]): Set -> cells.
    RETURNS (list[str]): Lines of Markdown.
    """
    head = [f"| set | {' | '.join(columns)} |", f"|---|{'---:|' * len(columns)}"]
    return head + [f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items()]


def _fates(losses: Losses) -> list[str]:
    cells = _shares(losses, losses.fates, FATES)
    for kind in WORDS:
        right, wrong = losses.words[kind, True], losses.words[kind, False]
        cells.append(percent(right, right + wrong))
    return cells


def _shares(losses: Losses, counts: Counter, names: Sequence[str]) -> list[str]:
    """Counts as shares of all gold spans."""
    return [percent(counts[name], losses.fates.total()) for name in names]


def percent(part: int, whole: int) -> str:
    """A share with no decimal place, "-" of nothing.

    part (int): Counted.
    whole (int): Out of so many.
    RETURNS (str): In percent.
    """
    return f"{100 * part / whole:.0f}" if whole else "-"


if __name__ == "__main__":
    main()
