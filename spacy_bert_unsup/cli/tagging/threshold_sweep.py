"""Try thresholds on stored votes, and find the best one for each gold label."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from ...errors import Errors, InputError
from ...evaluation.gold import GoldSet
from ...evaluation.metrics import SpanScores, score_spans
from ...evaluation.texts import GoldText, LabelledSpan
from ..progress import Progress

if TYPE_CHECKING:
    from ...pipeline.revoter import Revoter, Verdict
    from ...pipeline.stored import StoredVotes
    from ...voting.thresholds import Thresholds

Predictions = list[list[LabelledSpan]]
Predict = Callable[["Thresholds"], Predictions]


@dataclass(frozen=True)
class Sweep:
    """Scores on gold texts under different thresholds.

    steps (Sequence[float]): The thresholds that were tried, for all labels at once.
    scores (Sequence[SpanScores]): One for each of them.
    before (SpanScores): With the thresholds in force.
    best (Mapping[str, float]): Label -> the lowest threshold of its highest F1.
    after (SpanScores): With all of `best` together.
    """

    steps: Sequence[float]
    scores: Sequence[SpanScores]
    before: SpanScores
    best: Mapping[str, float] = field(default_factory=dict)
    after: SpanScores = field(default_factory=SpanScores)

    def curve(self, label: str) -> list[float]:
        """F1 of a gold label at each step."""
        return [scores.per_type[label].f1 for scores in self.scores]


def sweep_thresholds(
    predict: Predict,
    gold: GoldSet,
    revoter: Revoter,
    *,
    step: float,
    progress: Progress = lambda done, total: None,
) -> Sweep:
    """Try each threshold on all labels at once; take the best one of each label.

    Labels compete for tokens, so the best ones together need not give what each gave
    alone: that is why they are scored together at the end.

    predict (Callable[[Thresholds], list[list[LabelledSpan]]]): Votes again.
    gold (GoldSet): What is right.
    revoter (Revoter): Knows the labels, and the thresholds in force.
    step (float): Distance of two thresholds, in (0, 1].
    progress (Callable[[int, int], None]): Told how many votes are done, of how many.
    RETURNS (Sweep): All scores.
    RAISES (InputError): if no gold label is one of the assets'.
    """
    scheme, present = revoter.rollup.scheme, revoter.thresholds
    labels = [label for label in sorted(gold.targets) if label in scheme.entities]
    if not labels:
        names = ", ".join(sorted(gold.targets))
        raise InputError(Errors.E557.format(gold=gold.name, labels=names))
    steps = [round(i * step, 4) for i in range(round(1 / step))]
    tries = [present, *(replace(present, general=x, labels={}) for x in steps)]
    scores = []
    for done, thresholds in enumerate(tries, 1):
        scores.append(score_spans(gold, predict(thresholds), is_a=scheme.is_a))
        progress(done, len(tries) + 1)
    found = Sweep(steps, scores[1:], scores[0])
    curves = {label: found.curve(label) for label in labels}
    # Nothing can be learnt where nothing is found.
    best = {
        label: steps[curve.index(max(curve))]
        for label, curve in curves.items()
        if max(curve) > 0
    }
    together = replace(present, labels={**present.labels, **best})
    after = score_spans(gold, predict(together), is_a=scheme.is_a)
    return replace(found, best=best, after=after)


def held_ents(batches: Sequence[Sequence[StoredVotes]]) -> Predictions:
    """The entities that the docs hold.

    batches (Sequence[Sequence[StoredVotes]]): What they hold.
    RETURNS (list[list[LabelledSpan]]): One list for each doc.
    """
    return [
        [
            LabelledSpan(start, end, label)
            for (start, end), label, entity in zip(
                votes.bounds.tolist(),
                votes.attrs["labels"],
                votes.entities.tolist(),
                strict=True,
            )
            if entity
        ]
        for batch in batches
        for votes in batch
    ]


def predict_ents(
    revoter: Revoter, batches: Sequence[Sequence[StoredVotes]]
) -> Predictions:
    """The entities that a vote again gives.

    revoter (Revoter): Who votes.
    batches (Sequence[Sequence[StoredVotes]]): What the docs hold.
    RETURNS (list[list[LabelledSpan]]): One list for each doc.
    """
    found: Predictions = []
    for batch in batches:
        found += list_ents(revoter.vote(batch))
    return found


def list_ents(verdict: Verdict) -> Predictions:
    """The entities of each doc after a vote."""
    found: Predictions = [[] for _ in verdict.stored]
    revote, shown = verdict.revote, verdict.revoter.shown
    rows = [row for row in verdict.rows.tolist() if revote.chosen[row]]
    for row in rows:
        doc = int(revote.doc[row])
        start, end = (
            revote.tagged.scores.spans[row, 1:] - revote.layout.origins[doc]
        ).tolist()
        found[doc].append(LabelledSpan(start, end, str(shown[revote.names[row]])))
    return found


def align_gold(gold: GoldSet, words: Sequence[Sequence[str]]) -> GoldSet:
    """Gold spans in the tokens of docs that were made from the same texts.

    A gold span that starts or ends inside a token of the doc cannot be found: it
    becomes an empty span there, which no prediction equals.

    gold (GoldSet): As read.
    words (Sequence[Sequence[str]]): The tokens of each doc.
    RETURNS (GoldSet): With the docs' tokens.
    RAISES (InputError): if they are not the same texts in the same order.
    """
    if len(words) != len(gold.texts):
        raise InputError(
            Errors.E551.format(
                gold=gold.name, n_gold=len(gold.texts), n_docs=len(words)
            )
        )
    texts = []
    for number, (text, tokens) in enumerate(zip(gold.texts, words, strict=True), 1):
        if tuple(tokens) != text.words:
            text = _move_spans(gold.name, number, text, tokens)
        texts.append(text)
    return replace(gold, texts=texts)


def _move_spans(
    name: str, number: int, text: GoldText, tokens: Sequence[str]
) -> GoldText:
    """The same spans on other tokens, by characters without white space."""
    bare, own = ("".join("".join(w).split()) for w in (tokens, text.words))
    if bare != own:
        raise InputError(
            Errors.E552.format(number=number, gold=name, doc=bare[:40], text=own[:40])
        )
    theirs, ours = (
        [0, *accumulate(len("".join(word.split())) for word in words)]
        for words in (text.words, tokens)
    )

    def move(start: int, end: int) -> tuple[int, int, bool]:
        """The tokens that hold a span, and whether they hold nothing else."""
        first, last = theirs[start], theirs[end]
        low = bisect_right(ours, first) - 1
        high = bisect_left(ours, last)
        return low, high, ours[low] == first and ours[high] == last

    spans = []
    for i, (start, end, label) in enumerate(text.spans, 1):
        low, high, fits = move(start, end)
        spans.append(LabelledSpan(*((low, high) if fits else (-i, -i)), label))
    dropped = tuple(move(start, end)[:2] for start, end in text.dropped)
    return GoldText(tuple(tokens), tuple(spans), dropped)


def sweep_report(found: Sweep) -> dict[str, Any]:
    """A sweep as plain data.

    found (Sweep): The scores.
    RETURNS (dict[str, Any]): `steps`, `f1` (label -> one for each step), `before`,
        `after`, and `label_thresholds`.
    """
    labels = sorted(found.before.per_type)
    return {
        "steps": list(found.steps),
        "f1": {label: [round(x, 4) for x in found.curve(label)] for label in labels},
        "overall": [round(scores.overall.f1, 4) for scores in found.scores],
        "before": f1_scores(found.before),
        "after": f1_scores(found.after),
        "label_thresholds": dict(found.best),
    }


def f1_scores(scores: SpanScores) -> dict[str, float]:
    """F1 of each label, and of "all"."""
    per_type = {label: round(n.f1, 4) for label, n in scores.per_type.items()}
    return {**per_type, "all": round(scores.overall.f1, 4)}
