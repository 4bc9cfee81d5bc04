"""Commands that read the model: blanks, scores, neighbours, vectors."""
