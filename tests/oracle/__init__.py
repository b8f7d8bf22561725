"""A second, naive reading of the five texts, shared with nothing of the product: what both say is compared."""
