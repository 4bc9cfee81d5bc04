"""Messages 6xx: vectors of texts, sentences and tokens."""

from __future__ import annotations


class VectorErrors:
    """Message templates; fill with ``.format``."""

    E601 = "[E601] 'layers' is empty. Give at least one, for example [-2]."
    E602 = (
        "[E602] Vectors of {mine} and of {other} dimensions lie in different spaces "
        "and cannot be compared. Make both with the same model and the same settings."
    )
    E603 = (
        "[E603] The top layer of {name!r} has {width} dimensions and its vocabulary "
        "{size}: they lie in different spaces. Compare vectors of kind 'head' with the "
        "vocabulary."
    )
    E604 = (
        "[E604] {name!r} would replace what {other!r} wrote for '._.{attr}'. Give the "
        "attributes of one of them other names: attrs = {{'{attr}': 'my_{attr}'}}."
    )
    E605 = (
        "[E605] The doc has no vectors by the names {names}. Run cls_vectors or "
        "bert_unsup_token_vectors on it first, and store it with its user data: "
        "DocBin(store_user_data=True)."
    )
    E606 = (
        "[E606] doc.tensor is set already, and {name!r} would replace it: a tagger or "
        "parser that comes later may read it. Set store_in = 'user_data'; or put "
        "{name!r} at the end of the pipeline and set overwrite_tensor = true."
    )
