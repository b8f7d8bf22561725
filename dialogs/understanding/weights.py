"""Weights of the ranking signals, in the order of `ranking.SIGNALS`. Fitted by `make fit`; do not edit by hand."""

WEIGHTS = (0.88, 1.27, 0.21, -0.97, 0.53, 0.32, 0.27, 3.44, 1.24, -0.31)
