"""Second floor: thin spaCy components over the floors beneath."""
