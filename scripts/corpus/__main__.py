"""Make the corpus out of the archives that `project assets --extra` fetched.

    python -m scripts.corpus corpus-sources --out corpus
    python -m scripts.corpus corpus-sources --out corpus --only elife frus \\
        --exclude gold/*.conll

Each file of the corpus is written whole or not at all; --only makes some of them anew.
`docs/corpus.md` says what is in them.
"""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from spacy_bert_unsup.errors import BertUnsupError, InputError

from .build import archive_path, build_file
from .filters import Exclusion
from .rules import NOT_COVERED, SOURCES, Source

logger = logging.getLogger(__name__)


def main(arguments: list[str] | None = None) -> None:
    """Read the command line, and make the files."""
    args = parse_arguments(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        make_corpus(args.sources, args.out, args.only, args.exclude)
    except BertUnsupError as error:
        sys.exit(str(error))


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    """RETURNS (argparse.Namespace): sources, out, only, exclude."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.corpus",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("sources", type=Path, help="folder of the archives")
    add("--out", type=Path, default=Path("corpus"), help="folder of the corpus")
    add("--only", nargs="+", metavar="NAME", choices=names(), help="these files only")
    add(
        "--exclude",
        nargs="+",
        type=Path,
        default=[],
        metavar="FILE",
        help="evaluation sets: a paragraph that shares 13 words in a row with one, or "
        "a sentence of 8 to 12 words, is left out (.conll, .tsv, .iob: a token a line)",
    )
    return parser.parse_args(arguments)


def names() -> list[str]:
    """RETURNS (list[str]): The corpus files that can be made."""
    return list(dict.fromkeys(source.corpus for source in SOURCES))


def make_corpus(
    folder: Path, out: Path, only: list[str] | None, exclude: list[Path]
) -> None:
    """Make files of the corpus, and say what is in them; one that fails stops no other.

    folder (Path): Where the archives are.
    out (Path): Where the files go.
    only (list[str]): Their names; all if None.
    exclude (list[Path]): Evaluation sets, see `Exclusion.from_files`.
    RAISES (InputError): If an archive is missing; at the end, if a file was not made.
    """
    chosen = {
        name: [source for source in SOURCES if source.corpus == name]
        for name in only or names()
    }
    check_archives(folder, [source for group in chosen.values() for source in group])
    exclusion = Exclusion.from_files(exclude)
    failed = []
    for name, sources in chosen.items():
        path = out / f"{name}.txt.xz"
        try:
            counts = build_file(sources, folder, path, exclusion=exclusion)
            logger.info("%s: %s", name, counts)
        except InputError as error:
            logger.error("%s: %s", name, error)
            failed.append(name)
    for name, reason in NOT_COVERED.items():
        logger.info("%s is never made: %s", name, reason)
    if failed:
        raise InputError(
            f"Not made: {', '.join(failed)}. The reasons are above; the other files "
            "are done, and --only makes these alone."
        )


def check_archives(folder: Path, sources: list[Source]) -> None:
    """RAISES (InputError): If an archive is not there."""
    paths = [archive_path(folder, source) for source in sources]
    missing = sorted({path.name for path in paths if not path.is_file()})
    if missing:
        raise InputError(
            f"No {', '.join(missing)} in {folder}. Run `python -m spacy project assets "
            "--extra`, or name with --only the files that you have the archives of."
        )


if __name__ == "__main__":
    main()
