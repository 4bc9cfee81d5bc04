"""The simple tagger to beat: capital letters and a lexicon of the same seed terms.

1. A run of capitalised words is a span. A run never holds a function word of the seeds;
   at the start of a sentence, where every word has a capital, it does not begin with a
   word that the seeds call no entity. Its label is the one that most of its words have
   in the lexicon (the last such word decides a tie), else `default`.
2. Elsewhere, the longest sequence of words that is a seed term with an entity label,
   letter case included, is a span with that label.

It knows the same seeds as the tagger, reads no model, and is not tuned to any set.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from .texts import LabelledSpan

FUNCTION = "FUNCTION"
"""The non-entity class of words such as "the" and "of"."""


class CapitalsAndLexicon:
    """A tagger of capitalised runs and known terms."""

    def __init__(
        self,
        seeds: Mapping[str, Sequence[str]],
        non_entity: Collection[str],
        *,
        default: str = "PERSON",
    ) -> None:
        """Make a lexicon of seed terms.

        seeds (Mapping[str, Sequence[str]]): Term -> labels, most likely first.
        non_entity (Collection[str]): Labels that mean: no entity.
        default (str): Label of capitalised runs without any known word.
        """
        self.lexicon = {term: labels[0] for term, labels in seeds.items() if labels}
        self.non_entity = frozenset(non_entity)
        self.default = default
        self.longest = max((term.count(" ") + 1 for term in self.lexicon), default=0)

    def find(self, words: Sequence[str]) -> list[LabelledSpan]:
        """Tag one sentence.

        words (Sequence[str]): Its tokens.
        RETURNS (list[LabelledSpan]): Without overlaps, in order.
        """
        spans = []
        i = 0
        while i < len(words):
            span = self._capitalised_run(words, i) or self._known_term(words, i)
            if span is not None:
                spans.append(span)
            i = span.end if span is not None else i + 1
        return spans

    def _capitalised_run(self, words: Sequence[str], start: int) -> LabelledSpan | None:
        if start == 0 and self._is_no_entity(words[0]):
            return None
        end = start
        while end < len(words) and self._may_be_name(words[end]):
            end += 1
        if end == start:
            return None
        return LabelledSpan(start, end, self._label_run(words[start:end]))

    def _label_run(self, words: Sequence[str]) -> str:
        labels = [label for word in words if (label := self._entity_label(word))]
        if not labels:
            return self.default
        counts = Counter(labels)
        most = max(counts.values())
        return next(label for label in reversed(labels) if counts[label] == most)

    def _known_term(self, words: Sequence[str], start: int) -> LabelledSpan | None:
        for end in range(min(len(words), start + self.longest), start, -1):
            label = self.lexicon.get(" ".join(words[start:end]))
            if label is not None and label not in self.non_entity:
                return LabelledSpan(start, end, label)
        return None

    def _look_up(self, word: str) -> str | None:
        return self.lexicon.get(word) or self.lexicon.get(word.lower())

    def _entity_label(self, word: str) -> str | None:
        label = self._look_up(word)
        return None if label in self.non_entity else label

    def _is_no_entity(self, word: str) -> bool:
        return self._look_up(word) in self.non_entity

    def _may_be_name(self, word: str) -> bool:
        return word[:1].isupper() and self._look_up(word) != FUNCTION
