"""The settings of a pretraining run: what each key means, and its default."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from ..vocab.scheme import NON_ENTITY


@dataclass(frozen=True, slots=True)
class CorpusConfig:
    """Where the text is. One paragraph per line, a blank line between documents.

    folder (str): Folder with .txt, .txt.gz, .txt.xz or .jsonl files, one per source.
    files (list[str]): Names or patterns inside the folder; all known files if empty.
    weights (dict[str, float]): Source name -> how often its text is drawn relative
        to its length; 1.0 where absent.
    prepared (str): Folder for the vocabulary and the token ids.
    valid_share (float): Share of the documents held out for validation, in (0, 0.5).
    text_key (str): Field of a .jsonl object that holds the document's text.
    """

    folder: str = "corpus"
    files: list[str] = field(default_factory=list)
    weights: dict[str, float] = field(default_factory=dict)
    prepared: str = "training/prepared"
    valid_share: float = 0.005
    text_key: str = "text"


@dataclass(frozen=True, slots=True)
class VocabularyConfig:
    """The WordPiece vocabulary.

    size (int): Number of entries, special ones included.
    whole_words (int): Entries given to the most frequent words that the trained
        pieces lack; the rest is trained.
    min_frequency (int): Rarest pair or word that may become an entry.
    unused (int): Number of [unusedN] entries kept free for later terms.
    lowercase (bool): Fold case and strip accents.
    terms (str): File with terms (one a line) that must be entries; none if empty.
    report_terms (str): File with terms whose coverage is reported; `terms` if empty.
    tokenizer (str): Folder of a model whose WordPiece vocabulary is kept as it is; then
        none is trained, and only `report_terms` counts of the other settings.
    """

    size: int = 30000
    whole_words: int = 0
    min_frequency: int = 2
    unused: int = 10
    lowercase: bool = False
    terms: str = ""
    report_terms: str = ""
    tokenizer: str = ""


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """The shape of the model, and the model it starts from.

    init (str): Folder of a BERT to start from; from scratch if empty. Rows of pieces
        that both vocabularies have are copied, see `transfer`.
    keep (float): Share of the weights of `init` in the model that is written at the
        end, in [0, 1): the mean of both forgets less of what `init` knew (WiSE-FT,
        Wortsman et al. 2022). Checkpoints hold what was trained.
    """

    layers: int = 4
    hidden: int = 256
    heads: int = 4
    intermediate: int = 1024
    positions: int = 512
    dropout: float = 0.0
    init: str = ""
    keep: float = 0.0


@dataclass(frozen=True, slots=True)
class LabelsConfig:
    """Questions about labels of seed words (distant supervision, Mintz et al. 2009).

    A word of the seeds is asked about where it stands in the text: the terms that the
    model offers are to speak for one of its labels, as they do in votes.

    seeds (str): Seed labels, a .jsonl or .tsv file; nothing is asked if empty.
    shipped (str): Which of the starter's seeds are asked about, too, where these are
        silent: "non-entity", "all" or "none". Without any that are no entities, a model
        learns to see entities everywhere.
    non_entity (list[str]): Labels that are no entities.
    weight (float): Of the questions' loss beside the others.
    rates (dict[str, float]): Label -> how often one of its words is asked about, in
        [0, 1]; "entity" (0.6) and "other" (0.5) for the labels that are not named.
    most (int): Questions in a sequence.
    blank_share (float): Share of the questions in which a mask stands for the word; in
        the others it stays in the text, as far as that is not masked.
    beside (str): Template with [MASK] and {phrase} that stands in a text.
    sentence (str): The same, out of a text.
    sentence_share (float): Share of the words asked about that are asked about in
        `sentence`, too.
    longest (int): Words of a span; entity words in a row are asked about together.
    held_out (float): Share of the seeds that are asked about in validation alone.
        They vote nevertheless, where the model offers them.
    """

    seeds: str = ""
    shipped: str = "non-entity"
    non_entity: list[str] = field(default_factory=lambda: list(NON_ENTITY))
    weight: float = 1.0
    rates: dict[str, float] = field(default_factory=dict)
    most: int = 16
    blank_share: float = 0.33
    beside: str = "[MASK] and {phrase}"
    sentence: str = "such as {phrase} and [MASK] ."
    sentence_share: float = 0.15
    longest: int = 4
    held_out: float = 0.1


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """How the model is trained.

    lengths (dict[int, float]): Sequence length -> share of the tokens.
    batch_tokens (int): Tokens of text per step on each process; questions about labels
        come on top, up to `labels.most` times two or three in each sequence.
    mask_ratio (float): Share of the pieces to predict, whole words at a time.
    single_share (float): Share of sequences of one segment, left out of next-sentence
        prediction, so that a text alone is no surprise.
    optimizer (str): adamw, or muon (Jordan et al. 2024; for the matrices of the
        encoder, AdamW for the rest).
    rate (float): Peak learning rate.
    schedule (str): trapezoid (constant until the decay), linear or cosine.
    warmup_steps (int): Steps over which the rate rises.
    decay_share (float): Last share of the budget over which a trapezoid decays.
    minutes, steps (float, int): Budget; 0 for none. Whichever ends first.
    precision (str): auto, float32 or bfloat16.
    threads (int): Processor threads; 0 leaves torch's choice.
    """

    lengths: dict[int, float] = field(default_factory=lambda: {64: 1.0})
    batch_tokens: int = 8192
    mask_ratio: float = 0.15
    single_share: float = 0.1
    optimizer: str = "adamw"
    rate: float = 1e-3
    schedule: str = "trapezoid"
    warmup_steps: int = 500
    decay_share: float = 0.2
    minutes: float = 0.0
    steps: int = 0
    weight_decay: float = 0.01
    clip: float = 1.0
    seed: int = 0
    device: str = "auto"
    precision: str = "auto"
    threads: int = 0
    checkpoint_minutes: float = 10.0
    log_steps: int = 20
    valid_lengths: list[int] = field(default_factory=lambda: [64])
    valid_tokens: int = 65536


@dataclass(frozen=True, slots=True)
class CooldownConfig:
    """The branch that ends a run: the rate falls to zero on a mix of lengths."""

    lengths: dict[int, float] = field(default_factory=lambda: {64: 0.7, 512: 0.3})
    valid_lengths: list[int] = field(default_factory=lambda: [64, 128, 256, 512])


@dataclass(frozen=True, slots=True)
class PretrainConfig:
    """All sections of a pretraining config."""

    corpus: CorpusConfig = field(default_factory=CorpusConfig)
    vocabulary: VocabularyConfig = field(default_factory=VocabularyConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    labels: LabelsConfig = field(default_factory=LabelsConfig)
    cooldown: CooldownConfig = field(default_factory=CooldownConfig)

    def to_dict(self) -> dict[str, dict[str, Any]]:
        """RETURNS (dict): Section -> key -> value, ready for JSON."""
        return asdict(self)
