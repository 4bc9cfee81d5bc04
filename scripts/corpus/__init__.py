"""Makes the corpus of `docs/corpus.md` out of archives of public repositories."""
