"""How terms lie to each other: cosines in blocks, tails, histograms, pivots, graph."""
