"""First floor: vocabulary scores -> labels -> spans. Knows arrays, no spaCy, no torch."""
