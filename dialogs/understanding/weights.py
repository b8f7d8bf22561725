"""Weights of the ranking signals, in the order of `ranking.SIGNALS`. Fitted by `make fit`; do not edit by hand."""

WEIGHTS = (1.1, 1.98, -0.24, -0.71, 0.23, 0.23, 0.34, 2.68, 1.4, -0.21)
