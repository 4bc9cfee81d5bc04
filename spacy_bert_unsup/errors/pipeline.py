"""Messages 3xx: voting and the spaCy components."""

from __future__ import annotations


class PipelineErrors:
    """Message templates; fill with ``.format``."""

    E301 = "[E301] {key!r} cannot be {value!r}. Choose from: {names}."
    E302 = (
        "[E302] The template {template!r} needs '[MASK]' exactly once and '{{phrase}}' "
        "at most once, for example 'such as {{phrase}} and [MASK] .'."
    )
    E303 = "[E303] {key} must be at least {least}. Set a larger number."
    E304 = (
        "[E304] candidates = {name!r} needs a {need} earlier in the pipeline. Add one, "
        "or use candidates = 'auto', which needs none."
    )
    E305 = (
        "[E305] {key!r} names the label {label!r}, which these assets do not have. "
        "Labels: {labels}."
    )
    E306 = (
        "[E306] The attribute {owner}._.{attr} belongs to another package or component "
        "already. Give it another name here: attrs = {{{ours!r}: 'my_{ours}'}}."
    )
    E307 = (
        "[E307] 'attrs' renames {attr!r}, which is no attribute of ours. It may "
        "rename: {names}."
    )
    E308 = (
        "[E308] There is no candidates function {name!r}. Use one of {names}, or a "
        'registered function: {{"@misc": "my.function.v1"}}.'
    )
    E309 = "[E309] 'voting' has no setting {name!r}. It has: {names}."
    E310 = "[E310] {key} must lie in [0, 1], not {value!r}: it is a share of the vote."
    E311 = (
        "[E311] {where} holds no saved {name!r} component: {missing} is missing. Save "
        "the pipeline again with nlp.to_disk."
    )
    E312 = (
        "[E312] The setting {name!r} cannot be {value!r}. Give something like "
        "{example!r}."
    )
    E313 = (
        "[E313] 'seeds_only' leaves no labels, because 'seeds' is empty. Give seeds, "
        'for example {{"FRUIT": ["apple", "pear"]}}, or drop seeds_only.'
    )

    E314 = (
        "[E314] Candidate ({start}, {end}) is no span of a text of {size} tokens. Mend "
        "the candidates function: spans are (first token, one past the last)."
    )
    E315 = (
        "[E315] doc.spans[{key!r}] holds spans that {name!r} did not set and would "
        "replace. Give this component another spans_key."
    )

    E316 = (
        "[E316] The phrase template {template!r} has no '{{phrase}}', so it asks "
        "the same of every phrase. Put '{{phrase}}' where the phrase belongs."
    )

    E331 = (
        "[E331] {where} holds no stored votes in doc.spans[{key!r}]. Tag it again with "
        "keep_votes = true in the config, or with: annotate --keep-votes"
    )
    E332 = (
        "[E332] {where} was tagged with the model of fingerprint {theirs}, but the "
        "assets are {assets!r}, made for fingerprint {ours}. Give assets that were "
        "built for the model which tagged it."
    )
    E333 = (
        "[E333] The stored votes have format {found!r}, and this version of "
        "spacy-bert-unsup reads {known}. Tag the texts again with keep_votes."
    )
    E334 = (
        "[E334] {where} has {found} tokens, but had {stored} when it was tagged: the "
        "stored votes do not fit. Tag it again, and retokenise before."
    )
    E335 = (
        "[E335] {where} was tagged with other settings than the docs before it. Vote "
        "again on each part apart, or say which settings count with --config."
    )
    E336 = (
        "[E336] {where} was tagged with other assets than the starter's own. Say which "
        "shall vote: --assets FOLDER, --pipeline or --config."
    )
    E337 = (
        "[E337] A process that voted on a file was killed, as happens when memory runs "
        "out. Vote on one file at a time: --processes 1."
    )

    E340 = (
        "[E340] A doc of {pieces} pieces is longer than the {most} that {name!r} reads "
        "at once, and on_overflow = 'error' forbids overlapping windows. Split the "
        "text, or set on_overflow = 'window'."
    )
    E341 = (
        "[E341] {where} has format {found}, and this version of spacy-bert-unsup reads "
        "format {known}. Update spacy-bert-unsup; or load the pipeline with the "
        "version that saved it (see the requirements in its meta.json), and make it "
        "anew from its config and assets with this one."
    )
    E342 = (
        "[E342] {where} is damaged: {error}. Get the pipeline again from where it came."
    )
    E343 = (
        "[E343] The saved {name!r} takes its weights from the component {holder!r} of "
        "the same pipeline, which has no or other ones by now ({where}). Copy whole "
        "pipelines, and save them again with nlp.to_disk, with nothing excluded."
    )
    E344 = (
        "[E344] {name!r} has its model on {device}, which a forked process cannot use. "
        "Run nlp.pipe with n_process=1 there (batches keep a GPU busy), or set "
        "device = 'cpu' for several processes."
    )
    E345 = (
        "[E345] {name!r} cannot keep votes of docs whose tokenizer cuts words into "
        "letters: they were joined to words. Use another tokenizer (for Chinese, "
        "segmenter = 'jieba' or 'pkuseg'), or set keep_votes = false."
    )
    E346 = (
        "[E346] {name!r} cannot keep votes about candidates that are sure to be "
        "entities. Let the candidates function make them without sure = True, or set "
        "keep_votes = false."
    )
    E347 = (
        "[E347] 'voting.{key}' names {label!r}, which is no broad label of these "
        "assets. Name one of {labels}; for a finer label, the one above it."
    )
