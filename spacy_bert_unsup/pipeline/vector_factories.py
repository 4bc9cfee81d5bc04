"""spaCy factories of the components for vectors: nothing heavy at the top.

Annotations are not postponed here: spaCy checks configs against them, and it lets every
value pass where an annotation is a string.
"""

from typing import TYPE_CHECKING

from spacy.language import Language

if TYPE_CHECKING:
    from .cls_vectors import ClsVectors
    from .importance import BertUnsupImportance
    from .token_vectors import BertUnsupTokenVectors

MODEL_DEFAULTS = {
    "model": "starter",
    "device": "auto",
    "dtype": "auto",
    "max_batch_pieces": 8192,
    "on_overflow": "window",
    "window": None,
    "attrs": {},
}


@Language.factory(
    "cls_vectors",
    assigns=["doc._.cls_vector", "span._.cls_vector"],
    requires=[],
    default_config={
        **MODEL_DEFAULTS,
        "kind": "head",
        "layers": [0, -1],
        "weighting": "importance",
        "specials": True,
        "pooling": "mean",
        "normalize": False,
        "sents": True,
        "ents": True,
        "spans_keys": [],
        "set_hooks": False,
    },
)
def make_cls_vectors(
    nlp: Language,
    name: str,
    model: str,
    device: str,
    dtype: str,
    max_batch_pieces: int,
    on_overflow: str,
    window: int | None,
    attrs: dict[str, str],
    kind: str,
    layers: list[int],
    weighting: str,
    specials: bool,
    pooling: str,
    normalize: bool,
    sents: bool,
    ents: bool,
    spans_keys: list[str],
    set_hooks: bool,
) -> "ClsVectors":
    """Give docs, sentences, entities and spans a vector.

    model (str): "starter", a folder, or a hub name with an MLM head.
    device (str): "auto", "cpu", "cuda:0" ...
    dtype (str): "auto", "float32" or "bfloat16".
    max_batch_pieces (int): Bound of one forward pass, padding included.
    on_overflow (str): What to do with a doc that one window cannot hold: "window" reads
        it in overlapping windows, "warn" also logs a warning, "error" refuses it.
    window (Optional[int]): Most pieces in a window; None: as many as the model reads.
    attrs (dict[str, str]): Other names for the extension attributes.
    kind (str): "head": [CLS] out of the MLM head, in the space of the vocabulary;
        "top": [CLS] of the top layer; "mean": mean over the pieces.
    layers (list[int]): For "mean"; 0 is the embedding, -1 the last; of several, their
        mean. First and last with importance did best in benchmarks/results/sts.md.
    weighting (str): For "mean": "none", or "importance" by the inverse of the bias.
    specials (bool): For "mean": let [CLS] and [SEP] count in the vector of a doc.
    pooling (str): How the windows of a long text become one vector of [CLS]: "mean" (by
        their numbers of pieces), "first" or "max".
    normalize (bool): Give vectors length 1.
    sents (bool): Also for sentences, where their bounds are known.
    ents (bool): Also for entities.
    spans_keys (list[str]): Also for the spans of these groups.
    set_hooks (bool): Let `vector` and `similarity` of docs and spans use them.
    RETURNS (ClsVectors): The component.
    """
    from ..vectors.settings import TextVectors
    from .cls_vectors import ClsOptions, ClsVectors

    options = ClsOptions(
        model=model,
        device=device,
        dtype=dtype,
        max_batch_pieces=max_batch_pieces,
        on_overflow=on_overflow,
        window=window,
        attrs=attrs,
        vectors=TextVectors(
            kind=kind,  # type: ignore[arg-type]  # it checks them
            layers=tuple(layers),
            weighting=weighting,  # type: ignore[arg-type]
            specials=specials,
            pooling=pooling,  # type: ignore[arg-type]
            normalize=normalize,
        ),
        sents=sents,
        ents=ents,
        spans_keys=tuple(spans_keys),
        set_hooks=set_hooks,
    )
    return ClsVectors(nlp.vocab, name, options=options)


@Language.factory(
    "bert_unsup_token_vectors",
    assigns=["doc.tensor", "token._.token_vector"],
    requires=[],
    default_config={
        **MODEL_DEFAULTS,
        "layers": [-4, -3, -2, -1],
        "reduction": "sum",
        "merge": "mean",
        "storage": "float32",
        "store_in": "tensor",
        "overwrite_tensor": False,
        "set_hooks": False,
    },
)
def make_bert_unsup_token_vectors(
    nlp: Language,
    name: str,
    model: str,
    device: str,
    dtype: str,
    max_batch_pieces: int,
    on_overflow: str,
    window: int | None,
    attrs: dict[str, str],
    layers: list[int],
    reduction: str,
    merge: str,
    storage: str,
    store_in: str,
    overwrite_tensor: bool,
    set_hooks: bool,
) -> "BertUnsupTokenVectors":
    """Give each token a vector in context, in `doc.tensor` and `token._.token_vector`.

    model (str): "starter", a folder, or a hub name with an MLM head.
    device (str): "auto", "cpu", "cuda:0" ...
    dtype (str): "auto", "float32" or "bfloat16".
    max_batch_pieces (int): Bound of one forward pass, padding included.
    on_overflow (str): What to do with a doc that one window cannot hold: "window" reads
        it in overlapping windows, "warn" also logs a warning, "error" refuses it.
    window (Optional[int]): Most pieces in a window; None: as many as the model reads.
    attrs (dict[str, str]): Other names for the extension attributes.
    layers (list[int]): Layers to take; 0 is the embedding, -1 the last.
    reduction (str): How they become one vector: "sum", "mean" or "concat".
    merge (str): Which piece speaks for a token: "last", "first", their "mean" or "sum".
    storage (str): "float32", or "float16" for half the memory.
    store_in (str): "tensor" for `doc.tensor`; or "user_data", which leaves the tensor
        alone and survives DocBin(store_user_data=True).
    overwrite_tensor (bool): Replace a tensor that another component has set.
    set_hooks (bool): Let `vector` and `similarity` of tokens use them, and of docs and
        spans the mean, unless `cls_vectors` has set these.
    RETURNS (BertUnsupTokenVectors): The component.
    """
    from ..vectors.settings import TokenVectors
    from .token_vectors import BertUnsupTokenVectors, TokenOptions

    options = TokenOptions(
        model=model,
        device=device,
        dtype=dtype,
        max_batch_pieces=max_batch_pieces,
        on_overflow=on_overflow,
        window=window,
        attrs=attrs,
        vectors=TokenVectors(
            layers=tuple(layers),
            reduction=reduction,  # type: ignore[arg-type]  # it checks them
            merge=merge,  # type: ignore[arg-type]
        ),
        storage=storage,
        store_in=store_in,
        overwrite_tensor=overwrite_tensor,
        set_hooks=set_hooks,
    )
    return BertUnsupTokenVectors(nlp.vocab, name, options=options)


@Language.factory(
    "bert_unsup_importance",
    assigns=["token._.importance", "token._.mlm_bias", "doc._.key_terms"],
    requires=[],
    default_config={
        **MODEL_DEFAULTS,
        "rule": "linear",
        "merge": "min",
        "own_score": False,
        "key_terms": {
            "most": 20,
            "min_importance": 0.18,
            "min_letters": 3,
            "max_run": 4,
            "min_count": 2,
            "power": 0.5,
            "run_bonus": 0.2,
        },
    },
)
def make_bert_unsup_importance(
    nlp: Language,
    name: str,
    model: str,
    device: str,
    dtype: str,
    max_batch_pieces: int,
    on_overflow: str,
    window: int | None,
    attrs: dict[str, str],
    rule: str,
    merge: str,
    own_score: bool,
    key_terms: dict[str, int | float],
) -> "BertUnsupImportance":
    """Weigh tokens by the inverse of the decoder's bias, and rank key terms.

    model (str): "starter", a folder, or a hub name with an MLM head.
    device (str): "auto", "cpu", "cuda:0" ...
    dtype (str): "auto", "float32" or "bfloat16".
    max_batch_pieces (int): Bound of one forward pass, padding included.
    on_overflow (str): What to do with a doc that one window cannot hold: "window" reads
        it in overlapping windows, "warn" also logs a warning, "error" refuses it.
    window (Optional[int]): Most pieces in a window; None: as many as the model reads.
    attrs (dict[str, str]): Other names for the extension attributes.
    rule (str): "linear": (highest bias - bias) / (highest - lowest); "rank": share of
        the vocabulary that has a higher bias.
    merge (str): How the biases of a token's pieces become one: "min" (the most telling
        piece), "mean", "max", "first" or "last".
    own_score (bool): Multiply by the probability that the model gives to the token
        where it stands; this needs a pass of the model, the rest does not.
    key_terms (dict[str, int | float]): See `KeyTermSettings`; "most": 0 turns them off.
    RETURNS (BertUnsupImportance): The component.
    """
    from .importance import BertUnsupImportance, ImportanceOptions, make_key_terms

    options = ImportanceOptions(
        model=model,
        device=device,
        dtype=dtype,
        max_batch_pieces=max_batch_pieces,
        on_overflow=on_overflow,
        window=window,
        attrs=attrs,
        rule=rule,
        merge=merge,
        own_score=own_score,
        key_terms=make_key_terms(key_terms),
    )
    return BertUnsupImportance(nlp.vocab, name, options=options)
