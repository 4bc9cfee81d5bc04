"""Messages 5xx: the command line."""

from __future__ import annotations


class CLIErrors:
    """Message templates; fill with ``.format``."""

    E501 = (
        "[E501] {path}, line {number}: expected a token, a tab and a tag, but got "
        "{line!r}. Mend the line, or leave it empty to end a sentence."
    )
    E502 = (
        "[E502] {path}, line {number}: {tag!r} is not a BIO tag. Tags are O, B-LABEL "
        "and I-LABEL; convert other schemes first."
    )
    E503 = "[E503] {path} holds no sentence, so there is nothing to score."
    E504 = (
        "[E504] {path} is no .spacy file ({error}). Write one with DocBin.to_disk, or "
        "give a CoNLL file another suffix."
    )
    E505 = (
        "[E505] {where} says nothing about these tags: {tags}. Map each to a label, or "
        'to null to leave it out; "*" speaks of all others.'
    )
    E510 = (
        "[E510] --pipeline, --config and --model/--assets are three ways to name a "
        "pipeline. Give only one of them."
    )
    E511 = "[E511] Cannot load the pipeline {source}: {error}"
    E512 = (
        "[E512] The pipeline has no component made by 'bert_unsup_ner' (it has: "
        "{names}). Add one with nlp.add_pipe('bert_unsup_ner')."
    )
    E520 = (
        "[E520] There is no file {item}. Inputs are .txt and .jsonl files, - for "
        "stdin, or a text; pipe a text of a single word into stdin."
    )
    E521 = (
        "[E521] {path} is neither .txt nor .jsonl, so it is not clear what is in it. "
        "Rename it, or send it to stdin."
    )
    E522 = (
        "[E522] {source}, line {line}: byte {byte} of the line is not UTF-8. Convert "
        "the file, for example with: iconv -f latin1 -t utf8"
    )
    E523 = (
        '[E523] {source}, line {line}: expected a JSON object with a "text", for '
        'example {{"text": "Ann lives in Rome."}}'
    )
    E530 = (
        "[E530] The suffix of {path} names no format. Use .jsonl, .spacy or .conll, or "
        "say --format."
    )
    E531 = "[E531] .spacy is binary and cannot go to stdout. Name a file with --out."
    E533 = "[E533] The plot {path} would have no known format. Use .png or .svg."
    E534 = (
        "[E534] --model and --vectors with --vocab are two ways to name a vocabulary. "
        "Give one of them, and --vectors never without --vocab."
    )
    E535 = (
        "[E535] Phrases are read by a model, and a vector table has none. Give --model "
        "instead of --vectors."
    )
    E536 = (
        "[E536] {name!r} has no table of vectors {key!r}. It could be: {candidates}. "
        "All are listed by --list."
    )
    E537 = "[E537] {path} names no format. Vectors go to .npy, .npz or .safetensors."
    E538 = (
        "[E538] The term {term!r} holds a line break, so it cannot be a line of "
        "vocab.txt. Read this vocabulary from the model instead, with --model."
    )
    E539 = (
        "[E539] {path} has the terms of another vocabulary. Choose another folder; "
        "nothing was written."
    )
    E540 = (
        "[E540] Say what to look at: a TERM, --text TEXT or --all, and only one of "
        "them."
    )
    E541 = (
        "[E541] --vectors and --vocab have no labels to look up. Give them with "
        "--legacy and --clusters, or leave them out."
    )
    E542 = (
        "[E542] The text has {pieces} pieces, more than the model reads at once. Give "
        "fewer words around the blanks."
    )
    E543 = (
        "[E543] A set of terms is empty. Give two sets, each in quotation marks: "
        '"cat dog" "Paris Rome".'
    )
    E544 = (
        "[E544] --legacy compares the words with labelled clusters. Give their folder "
        "with --clusters (made by: cluster --seed-labels FILE --out DIR)."
    )
    E545 = "[E545] --clusters and --assets are two sources of labels. Give one of them."
    E546 = (
        "[E546] A plot of the whole graph shows nothing. Give a TERM or --phrase, and "
        "its neighbourhood is drawn."
    )
    E547 = (
        "[E547] {term!r} is not in the graph, which leaves out special entries and, "
        "without --subwords, pieces of words. Ask for a word."
    )
    E550 = (
        "[E550] --keep-votes needs a .spacy file: no other format holds them. Name one "
        "with --out."
    )
    E551 = (
        "[E551] {gold} has {n_gold} texts, but there are {n_docs} docs. Vote again on "
        "docs that were made from this file, in its order."
    )
    E552 = (
        "[E552] Doc {number} is not text {number} of {gold}: {doc!r} is not {text!r}. "
        "Vote again on docs that were made from this file, in its order."
    )
    E553 = "[E553] {option} does nothing without {need}. Give both."
    E554 = (
        "[E554] --label-threshold {value!r} is not of the form LABEL=SHARE. Give for "
        "example PERSON=0.4."
    )
    E555 = (
        "[E555] {path} exists already, and would be overwritten. Name another folder "
        "for the assets with the new thresholds."
    )
    E556 = "[E556] {path} is read and cannot be written too. Name another file."
    E557 = (
        "[E557] None of the labels of {gold} ({labels}) is one of the assets', so no "
        "threshold can be found. Translate its tags with --map."
    )
    E558 = "[E558] {path} is not a .spacy file, the only kind that holds votes."
    E559 = "[E559] {path} holds no docs, so there is nothing to vote on."
    E560 = (
        "[E560] {item!r} is no threshold of a label. Write the label, '=' and a share "
        "between 0 and 1, for example: --label-threshold GENE=0.3"
    )
    E561 = (
        "[E561] {folder} was made with the model {theirs} (fingerprint {their_print}), "
        "and {model!r} has the fingerprint {our_print}. Name that model with --model."
    )
    E562 = (
        "[E562] --threshold must lie between 0 and 1, not {value}: it is a share of "
        "the vote."
    )
    E563 = (
        "[E563] {path} is read, and would be lost: files of this form, with a number, "
        "are replaced or deleted when {out} is written. Name another --out."
    )
    E570 = "[E570] There is nothing to read in the text. Give one with words in it."
    E571 = (
        "[E571] There is no [MASK] in the text, so nothing is to be filled in. Write "
        "[MASK] where a term is wanted, or ask for every word with --all."
    )
    E572 = (
        "[E572] There is no label {label!r}. Labels of these assets: {names}. Take one "
        "of them, or give other --assets."
    )
    E573 = (
        "[E573] The decoder of {model!r} has no bias, so its terms cannot be ranked by "
        "it. Take another model."
    )
    E574 = (
        "[E574] There is no word {word!r} in the text. Its words: {words}. Spell it as "
        "it stands there."
    )
    E575 = (
        "[E575] There is no position {position} in the text. Its positions are 0 "
        "([CLS]) to {last} ([SEP])."
    )
    E576 = (
        "[E576] These are too many positions for one picture. Choose some with --word "
        "or --position."
    )
    E577 = "[E577] {source} holds no text, so there is nothing to compare."
    E578 = (
        "[E578] The suffix of {path} names no format for vectors. Use .npz, "
        ".safetensors or .jsonl."
    )


class CLIWarnings:
    """Warning templates; each is given once per cause."""

    W501 = (
        "[W501] {source}, line {line} has half of a surrogate pair, which is no "
        "character: it was replaced by U+FFFD there and wherever else it occurs."
    )
    W502 = (
        "[W502] The pipeline never says these labels of {where}: {labels}. Translate "
        "tags with --map."
    )
    W503 = (
        "[W503] {source}, line {line} has {length} characters, more than {most}: it, "
        "and every other text that is longer, was split at ends of sentences; 'start' "
        "says where a part begins."
    )
    W531 = (
        "[W531] The font of the plot {path} lacks these letters, drawn as boxes there: "
        "{letters}"
    )
    W532 = (
        "[W532] --threshold {threshold} is not used: in the adaptive mode every term "
        "has a threshold of its own. Say --mode fixed to use it."
    )
    W533 = (
        "[W533] {count} terms of {source} are not in the vocabulary and label nothing: "
        "{terms}. Near to the first: {near}."
    )
    W551 = (
        "[W551] {count} spans that the new labels or thresholds would have the model "
        "asked about were not asked when the docs were tagged: they are judged by what "
        "is there. Tag again with voting.context_margin and voting.phrase_margin "
        "= 1000 to ask about all."
    )
    W570 = (
        "[W570] The text has {pieces} pieces, and the model reads {size} at once: each "
        "place was read in that one of {windows} windows which shows most around it."
    )
    W571 = (
        "[W571] {model!r} was trained without next-sentence prediction, so its [CLS] "
        "was never taught to stand for a text. Take means of a layer, or another model."
    )
    W572 = (
        "[W572] {many} texts, the first in line {line}, are longer than the model "
        "reads at once: each was read in windows, and these were pooled."
    )
    W573 = "[W573] Not used, since it has no effect on --kind {kind}: {options}."
