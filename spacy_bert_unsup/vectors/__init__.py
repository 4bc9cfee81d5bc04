"""First floor: vectors of texts, tokens and positions, and how to read them."""
