"""The reading of the callback's flat XML beside the standard library's DOM: what is read means the same to both."""

from __future__ import annotations

import time
from collections import Counter
from xml.dom import expatbuilder
from xml.dom.minidom import Document, Element, Text
from xml.parsers.expat import ExpatError

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.wechat.xml import MAX_ELEMENTS, Flaw, Unreadable, read_fields

many = settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def dom_of(xml: bytes) -> Document:
    """The whole document; raises ExpatError for what is not well-formed."""
    document: Document = expatbuilder.parseString(xml, namespaces=False)  # noqa: S316  the test wrote it
    return document


def text_of(child: Element) -> str | None:
    """The child's text, comments and instructions aside; None if it has children itself."""
    if any(isinstance(node, Element) for node in child.childNodes):
        return None
    return "".join(node.data for node in child.childNodes if isinstance(node, Text))


def fields_of(xml: bytes) -> dict[str, list[str | None]]:
    """What `read_fields` should return, by another way."""
    document = dom_of(xml)
    fields: dict[str, list[str | None]] = {}
    for child in _children_of(document.documentElement):
        fields.setdefault(child.tagName, []).append(text_of(child))
        for entry in _children_of(child):
            for leaf in _children_of(entry):
                path = f"{child.tagName}/{entry.tagName}/{leaf.tagName}"
                fields.setdefault(path, []).append(text_of(leaf))
    return fields


def _children_of(element: Element) -> list[Element]:
    return [node for node in element.childNodes if isinstance(node, Element)]


def is_what_the_platform_sends(xml: bytes) -> bool:
    """Whether it is well-formed, with a root `<xml>`, no attribute and few elements."""
    try:
        document = dom_of(xml)
    except ExpatError:
        return False
    found = document.getElementsByTagName("*")
    attributes = sum(element.attributes.length for element in found)
    return document.documentElement.tagName == "xml" and len(found) <= MAX_ELEMENTS and not attributes


names = st.sampled_from(["Encrypt", "Content", "MsgId", "名", "a:b"])
pieces = st.one_of(
    st.text(alphabet="a1好🏠 \n\r", max_size=8),
    st.text(alphabet="a]>&<好\r\n", max_size=8).filter(lambda text: "]]>" not in text).map("<![CDATA[{}]]>".format),
    st.sampled_from(["&lt;", "&#65;", "&#x1F3E0;", "<!-- - -->", "<?a b?>", "a" * 9000, "]]&gt;"]),
)
elements = st.recursive(
    st.builds("<{0}>{1}</{0}>".format, names, st.lists(pieces, max_size=4).map("".join)),
    lambda inner: st.builds("<{0}>{1}</{0}>".format, names, st.lists(inner | pieces, max_size=4).map("".join)),
    max_leaves=6,
)
documents = st.lists(elements | pieces, max_size=6).map(lambda inner: f"<xml>{''.join(inner)}</xml>".encode())
heads = st.sampled_from([b"", b" \n", b'<?xml version="1.0"?>', b'<?xml version="1.0" encoding="UTF-8"?>\n'])


@many
@given(heads, documents)
def test_a_document_within_the_bounds_has_the_fields_that_the_dom_has(head: bytes, document: bytes) -> None:
    xml = document if head.isspace() else head + document  # a declaration comes first, or not at all
    assert read_fields(xml) == fields_of(xml)


bytes_of_markup = st.lists(
    st.tuples(
        st.sampled_from(["cut", "put", "swap"]),
        st.integers(0, 400),
        st.sampled_from(
            [b"<", b">", b"&", b"]]>", b"<a>", b"</a>", b"</xml>", b"<a b='1'>", b"\x00", b"\xff", b"<!--"]
        ),
    ),
    min_size=1,
    max_size=3,
)


def test_a_changed_document_is_refused_or_has_the_fields_that_the_dom_has() -> None:
    seen: Counter[str] = Counter()

    @many
    @given(documents, bytes_of_markup)
    def check(document: bytes, changes: list[tuple[str, int, bytes]]) -> None:
        for how, place, piece in changes:
            at = place % (len(document) + 1)
            document = document[:at] + (b"" if how == "cut" else piece) + document[at + (how != "put") * len(piece) :]
        try:
            fields = read_fields(document)
        except Unreadable as unreadable:
            seen[unreadable.flaw] += 1
            assert not is_what_the_platform_sends(document)
        else:
            seen["read"] += 1
            assert fields == fields_of(document)

    check()
    assert min(seen[Flaw.MALFORMED], seen["read"]) > 0, "both must be met for this to say anything"


# ------------------------------------------------------------------------------------------------------------- bounds


def nested(levels: int) -> bytes:
    return b"<xml>" + b"<a>" * (levels - 1) + b"</a>" * (levels - 1) + b"</xml>"


def flat(elements: int) -> bytes:
    return b"<xml>" + b"<a/>" * (elements - 1) + b"</xml>"


def test_the_bounds_are_where_they_are_said_to_be() -> None:
    assert read_fields(nested(8)) == {"a": [None], "a/a/a": [None]}
    assert read_fields(flat(200)) == {"a": [""] * 199}
    for beyond in (nested(9), flat(201)):
        with pytest.raises(Unreadable) as unreadable:
            read_fields(beyond)
        assert unreadable.value.flaw is Flaw.BOUNDS


@pytest.mark.parametrize("piece", [b"&lt;", b"\n", b"a<!-- -->", b"<![CDATA[a]]>", "好".encode()])
def test_a_field_of_64_kib_in_many_pieces_is_read_in_a_few_milliseconds(piece: bytes) -> None:
    times = 64 * 1024 // len(piece)
    costs = []
    for _ in range(5):
        start = time.process_time()
        fields = read_fields(b"<xml><Content>" + piece * times + b"</Content></xml>")
        costs.append(time.process_time() - start)
        assert len(str(fields["Content"][0])) == times
    assert min(costs) < 0.005
