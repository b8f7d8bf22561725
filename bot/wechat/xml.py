"""Reads the small flat XML of the WeChat callback within fixed bounds, however large or deep what was sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from xml.parsers import expat

MAX_DEPTH = 8
MAX_ELEMENTS = 200
_CHILD = 2
_LISTED = (_CHILD, 4)
"""The levels whose texts are read: the root's children, and the entries of a list that one of them is."""

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

    The texts of what lies two levels deeper stand under their path, "SubscribeMsgPopupEvent/List/TemplateId".

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

    __slots__ = ("_elements", "_path", "_text", "fields")

    def __init__(self) -> None:
        self.fields: dict[str, list[str | None]] = {}
        self._path: list[str] = []
        self._elements = 0
        self._text: str | None = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._path.append(name)
        self._elements += 1
        depth = len(self._path)
        if depth > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise Unreadable(Flaw.BOUNDS)
        if attributes:  # the platform sends none, so nobody has said what one would mean
            raise Unreadable(Flaw.MALFORMED)
        self._text = "" if depth in _LISTED else None

    def characters(self, text: str) -> None:
        if self._text is not None:
            self._text += text

    def end(self, name: str) -> None:
        depth = len(self._path)
        if depth in _LISTED:
            field = name if depth == _CHILD else "/".join(self._path[1:])
            self.fields.setdefault(field, []).append(self._text)
            self._text = None
        self._path.pop()
