"""First floor: vocabulary scores -> labels -> spans, without spaCy or torch."""
