"""Raw text of a regulation → `Act`. The only door is `parse_act`."""

from knowledge.parsing.parser import parse_act

__all__ = ["parse_act"]
