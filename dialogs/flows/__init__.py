"""Dialogs of several turns: declared asks, an engine that reads a message in one visible order, and the flows."""
