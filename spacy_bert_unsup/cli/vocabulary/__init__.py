"""Commands that look into a vocabulary: cosines, clusters, labels of words."""
