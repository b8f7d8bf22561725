"""Reads the small flat XML of the WeChat callback within fixed bounds, however large or deep what was sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from xml.parsers import expat

MAX_DEPTH = 8
MAX_ELEMENTS = 200

# Where the root stands right after the declaration there is no room for a DOCTYPE, whatever users write further down.
_PROLOG = re.compile(rb"\s*+(?:<\?xml[^<>]{0,80}\?>\s*+)?")
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ROOT = re.compile(rb"<xml\s*+>")


class Flaw(StrEnum):
    """What is wrong with a document."""

    DOCTYPE = "doctype"
    BOUNDS = "bounds"
    MALFORMED = "xml"


class Unreadable(Exception):
    """The document is not one the platform would send."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


def read_fields(xml: bytes) -> dict[str, list[str | None]]:
    """Return the texts of the root's children by name, in order; None stands for a child that has children itself.

    Raises Unreadable for a DOCTYPE, for more than 8 levels or 200 elements, for an attribute, a root that is not
    `<xml>`, and for anything that is not well-formed UTF-8 XML. The cost is bounded by the length of `xml`.
    """
    prolog = _PROLOG.match(xml)
    root_at = prolog.end() if prolog else 0
    if _DOCTYPE.match(xml, root_at):
        raise Unreadable(Flaw.DOCTYPE)
    if not _ROOT.match(xml, root_at):
        raise Unreadable(Flaw.MALFORMED)
    reader = _FieldReader()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.CharacterDataHandler = reader.characters
    parser.EndElementHandler = reader.end
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        raise Unreadable(Flaw.MALFORMED) from error
    return reader.fields


class _FieldReader:
    """Follows the parser; raising in a handler ends the reading."""

    __slots__ = ("_depth", "_elements", "_text", "fields")

    def __init__(self) -> None:
        self.fields: dict[str, list[str | None]] = {}
        self._depth = 0
        self._elements = 0
        self._text: str | None = None

    def start(self, _name: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise Unreadable(Flaw.BOUNDS)
        if attributes:  # the platform sends none, so nobody has said what one would mean
            raise Unreadable(Flaw.MALFORMED)
        self._text = "" if self._depth == 2 else None

    def characters(self, text: str) -> None:
        if self._text is not None:
            self._text += text

    def end(self, name: str) -> None:
        if self._depth == 2:
            self.fields.setdefault(name, []).append(self._text)
            self._text = None
        self._depth -= 1
