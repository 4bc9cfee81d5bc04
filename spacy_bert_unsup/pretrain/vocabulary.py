"""Makes the WordPiece vocabulary."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from tokenizers import Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import WordPiece
from tokenizers.trainers import WordPieceTrainer

from ..errors import Errors, InputError, PretrainError
from .settings import VocabularyConfig

SPECIALS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
MAX_WORD = 100


def make_tokenizer(vocab: dict[str, int], *, lowercase: bool) -> Tokenizer:
    """Wrap a vocabulary in BERT's tokenizer (Devlin et al. 2019).

    vocab (dict[str, int]): Piece -> id; holds the five special pieces.
    lowercase (bool): Fold case and strip accents.
    RETURNS (Tokenizer): Adds [CLS] and [SEP] unless told otherwise.
    """
    tokenizer = Tokenizer(
        WordPiece(vocab, unk_token="[UNK]", max_input_chars_per_word=MAX_WORD)
    )
    tokenizer.normalizer = normalizers.BertNormalizer(
        clean_text=True,
        handle_chinese_chars=True,
        strip_accents=lowercase,
        lowercase=lowercase,
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece(prefix="##")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(name, vocab[name]) for name in ("[CLS]", "[SEP]")],
    )
    tokenizer.add_special_tokens(list(SPECIALS))
    return tokenizer


def train_vocabulary(
    paragraphs: Iterable[str], config: VocabularyConfig
) -> tuple[Tokenizer, Counter[str]]:
    """Train a vocabulary of exactly the wanted size.

    Pieces are trained first; then the user's terms, and then the most frequent words
    that are still split take the remaining entries: the method reads whole words.

    paragraphs (Iterable[str]): The training text; read once.
    config (VocabularyConfig): Size, minimum frequency, terms.
    RETURNS (tuple[Tokenizer, Counter[str]]): The tokenizer, and how often each word
        occurs.
    RAISES (PretrainError): If the text has too few different words for the size.
    """
    terms = read_terms(config.terms) if config.terms else []
    words: Counter[str] = Counter()
    reserved = len(SPECIALS) + config.unused + config.whole_words + len(terms)
    pieces = _train_pieces(
        count_words(paragraphs, words, config.lowercase),
        size=config.size - reserved,
        min_frequency=config.min_frequency,
    )
    entries = [*SPECIALS, *(f"[unused{i}]" for i in range(config.unused)), *pieces]
    _check_terms(terms, config)
    frequent = (w for w, n in words.most_common() if n >= config.min_frequency)
    vocab = {entry: None for entry in entries}
    for word in itertools.chain(terms, filter(_is_term, frequent)):
        if len(vocab) >= config.size:
            break
        vocab.setdefault(word)
    if len(vocab) < config.size:
        raise PretrainError(Errors.E421.format(size=config.size, most=len(vocab)))
    ids = {entry: number for number, entry in enumerate(vocab)}
    return make_tokenizer(ids, lowercase=config.lowercase), words


def _train_pieces(texts: Iterator[str], *, size: int, min_frequency: int) -> list[str]:
    if size < 1:
        raise PretrainError(Errors.E422)
    tokenizer = make_tokenizer(
        {name: number for number, name in enumerate(SPECIALS)}, lowercase=False
    )
    tokenizer.normalizer = None
    trainer = WordPieceTrainer(
        vocab_size=size,
        min_frequency=min_frequency,
        limit_alphabet=min(1000, max(size // 4, 1)),
        special_tokens=[],
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    vocab = tokenizer.get_vocab(with_added_tokens=False)
    ranked = sorted(vocab, key=lambda piece: vocab[piece])
    return [piece for piece in ranked if piece not in SPECIALS][:size]


def count_words(
    paragraphs: Iterable[str], words: Counter[str], lowercase: bool
) -> Iterator[str]:
    """Pass text on, normalised, and count its words meanwhile.

    paragraphs (Iterable[str]): The text.
    words (Counter[str]): Word -> how often; added to.
    lowercase (bool): Fold case and strip accents.
    YIELDS (str): Each paragraph.
    """
    normalizer = normalizers.BertNormalizer(
        strip_accents=lowercase, lowercase=lowercase
    )
    for text in paragraphs:
        plain = normalizer.normalize_str(text)
        words.update(re.findall(r"[^\W_]+", plain))
        yield plain


def _is_term(word: str) -> bool:
    return 2 <= len(word) <= 30 and any(map(str.isalpha, word))


def read_terms(path: str | Path) -> list[str]:
    """Read a term list: one term a line, blank lines and lines with # left out.

    RAISES (InputError): If the file cannot be read.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(Errors.E423.format(path=path, error=error)) from error
    stripped = (line.split("\t")[0].strip() for line in lines)
    return list(dict.fromkeys(t for t in stripped if t and not t.startswith("#")))


def _check_terms(terms: list[str], config: VocabularyConfig) -> None:
    """A term that the pre-tokenizer splits could never be read as one entry."""
    splitter = pre_tokenizers.BertPreTokenizer()
    for term in terms:
        if len(splitter.pre_tokenize_str(term)) != 1 or (
            config.lowercase and term != term.lower()
        ):
            raise InputError(Errors.E424.format(term=term, path=config.terms))
