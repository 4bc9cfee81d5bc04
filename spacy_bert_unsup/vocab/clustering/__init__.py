"""Clusters of terms, the labels they get and give, and their files."""
