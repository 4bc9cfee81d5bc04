"""Gold files, strict metrics and a baseline: how good is a tagger, and at what?"""
