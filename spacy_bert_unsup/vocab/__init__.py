"""Ground floor: what the vocabulary knows. Arrays and strings in, arrays out."""
