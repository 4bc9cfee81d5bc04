"""spaCy factories. Imported by every `spacy.blank`, so nothing heavy at the top.

Annotations are not postponed here: spaCy checks configs against them, and it lets every
value pass where an annotation is a string.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from spacy.language import Language

from ..voting.settings import VotingSettings, as_config

if TYPE_CHECKING:
    from .ner import BertUnsupNER

TOP_LEVEL = ("masking", "cues", "cue_weights", "top_k")
"""Settings of the votes that stand in the first level of the config."""


def default_voting() -> dict[str, Any]:
    """The defaults of all settings of the votes, as a config can hold them."""
    return {key: as_config(value) for key, value in asdict(VotingSettings()).items()}


VOTING = default_voting()


@Language.factory(
    "bert_unsup_ner",
    assigns=["doc.ents", "doc.spans", "token.ent_iob", "token.ent_type"],
    requires=[],
    default_config={
        "model": "starter",
        "assets": None,
        "seeds": {},
        "seeds_only": False,
        "device": "auto",
        "dtype": "auto",
        **{key: VOTING[key] for key in TOP_LEVEL},
        "candidates": "auto",
        "threshold": None,
        "label_thresholds": {},
        "labels": None,
        "label_map": None,
        "spans_key": "bert_unsup",
        "overwrite_ents": False,
        "keep_votes": False,
        "max_batch_pieces": 8192,
        "on_overflow": "window",
        "attrs": {},
        "voting": {key: VOTING[key] for key in VOTING if key not in TOP_LEVEL},
        "scorer": {"@scorers": "spacy.ner_scorer.v1"},
    },
    default_score_weights={
        "ents_f": 1.0,
        "ents_p": 0.0,
        "ents_r": 0.0,
        "ents_per_type": None,
    },
)
def make_bert_unsup_ner(
    nlp: Language,
    name: str,
    model: str,
    assets: str | None,
    seeds: dict[str, list[str]],
    seeds_only: bool,
    device: str,
    dtype: str,
    masking: str,
    candidates: str | Callable,
    cues: list[str],
    cue_weights: dict[str, float],
    top_k: int,
    threshold: float | None,
    label_thresholds: dict[str, float],
    labels: list[str] | None,
    label_map: str | dict[str, str | None] | None,
    spans_key: str,
    overwrite_ents: bool,
    keep_votes: bool,
    max_batch_pieces: int,
    on_overflow: str,
    attrs: dict[str, str],
    voting: dict[str, Any],
    scorer: Callable | None,
) -> "BertUnsupNER":
    """Tag entities with a masked language model and its labelled vocabulary.

    model (str): "starter", a folder, or a hub name with an MLM head.
    assets (Optional[str]): Folder of assets; made from the shipped seeds when None.
    seeds (dict[str, list[str]]): Label -> terms, propagated over the vocabulary.
    seeds_only (bool): Forget the assets' own seeds.
    device (str): "auto", "cpu", "cuda:0" ...
    dtype (str): "auto", "float32" or "bfloat16".
    masking (str): "packed" (all questions about a window in one row with it), "exact"
        (one masked copy per question) or "none" (the span is read unmasked).
    candidates (str | Callable): "auto", "tokens", "noun_chunks", "pos_runs",
        "span_group", "entity_marks", or a registered function.
    cues (list[str]): Among "context", "phrase", "lexical".
    cue_weights (dict[str, float]): Weight of each cue.
    top_k (int): Terms that vote for each question.
    threshold (Optional[float]): Least share of the vote, in [0, 1]; None takes the one
        stored with the assets.
    label_thresholds (dict[str, float]): The same for single labels.
    labels (Optional[list[str]]): Keep only these and what lies beneath them.
    label_map (str | dict | None): Renames labels: "broad", "ontonotes", a JSON file or
        a dict; None in it drops a label.
    spans_key (str): Span group for entities, nested spans and near misses.
    overwrite_ents (bool): Replace entities that were set before.
    keep_votes (bool): Keep all answers of the model with the span group, so that
        `revote` can label the doc anew without the model.
    max_batch_pieces (int): Bound of one forward pass, padding included.
    on_overflow (str): What to do with a doc that one window cannot hold: "window" reads
        it in overlapping windows, "warn" also logs a warning, "error" refuses it.
    attrs (dict[str, str]): Other names for the extension attributes.
    voting (dict[str, Any]): All other constants: see `VotingSettings`.
    scorer (Optional[Callable]): Scoring function.
    RETURNS (BertUnsupNER): The component.
    """
    from .ner import BertUnsupNER
    from .options import NEROptions

    asking = {"masking": masking, "cues": cues, "cue_weights": cue_weights}
    options = NEROptions.make(
        model=model,
        assets=assets,
        seeds=seeds,
        seeds_only=seeds_only,
        device=device,
        dtype=dtype,
        candidates=candidates,
        labels=labels,
        label_map=label_map,
        spans_key=spans_key,
        overwrite_ents=overwrite_ents,
        keep_votes=keep_votes,
        max_batch_pieces=max_batch_pieces,
        on_overflow=on_overflow,
        attrs=attrs,
        voting=voting,
        asking={**asking, "top_k": top_k},
    )
    cfg = {"threshold": threshold, "label_thresholds": label_thresholds}
    return BertUnsupNER(nlp.vocab, name, options=options, cfg=cfg, scorer=scorer)
