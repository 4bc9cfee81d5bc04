"""The ground floor: masked language models. Needs torch and transformers, no spaCy."""
