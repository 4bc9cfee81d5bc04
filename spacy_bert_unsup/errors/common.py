"""Messages 0xx: what may happen on every floor."""

from __future__ import annotations


class CommonErrors:
    """Message templates; fill with ``.format``."""

    E001 = (
        "[E001] This needs '{package}', which is not installed. Install it with: "
        "pip install 'spacy-bert-unsup[{extra}]'"
    )

    E002 = "[E002] Cannot read {path}: {error}. Check the path and its permissions."
    E003 = (
        "[E003] {path} is not UTF-8: byte {offset} cannot be decoded. Convert the "
        "file, for example with: iconv -f latin1 -t utf8"
    )
