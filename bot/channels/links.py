"""Permalinks to provisions: the address of an article on the public site, its cited 款 and 项 named in the query."""

from __future__ import annotations

from urllib.parse import quote

from knowledge.address import Address

CITED = "cited"


def path_of(city: str, address: Address) -> str:
    """Return the path on this site: /law/chifeng/20?p=2#cited, and &i=3 for an 项. It names the city by its slug."""
    places = (("p", address.paragraph), ("i", address.item))
    query = "&".join(f"{key}={number}" for key, number in places if number)
    return f"/law/{quote(city, safe='')}/{address.article}{'?' if query else ''}{query}#{CITED}"


def href_for(city: str, address: Address, public_url: str | None) -> str | None:
    """Return the full link, for any channel, or None when no public address is set: a citation without link."""
    if public_url is None:
        return None
    return public_url.rstrip("/") + path_of(city, address)
