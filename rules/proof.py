"""The verifier: nothing legal is said unless every quote is the stored text and every number stands in a quote."""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.city import City, Provision
from knowledge.text import missing_counts, squeeze


class ProofError(Exception):
    """A reply that must not be sent; the text says which statement or quote failed and why."""


def check_quote(city: City, shown: Provision) -> None:
    """Raise ProofError unless `shown` is word for word what the text has there, with its opening words."""
    try:
        stored = city.provision(shown.address)
    except KeyError as error:
        raise ProofError(f"{city.slug} {shown.address}：没有这个条款") from error
    if squeeze(shown.text) != squeeze(stored.text) or not shown.text.strip():
        raise ProofError(f"{city.slug} {shown.address}：引文与原文不一致")
    if squeeze(shown.lead_in or "") != squeeze(stored.lead_in or ""):
        raise ProofError(f"{city.slug} {shown.address}：缺少或改动了这一款的开头")


def check_statement(city: City, statement: str, evidence: Iterable[Provision]) -> None:
    """Raise ProofError unless every number in `statement` stands in the evidence, and there is evidence at all."""
    evidence = tuple(evidence)
    if not evidence:
        raise ProofError(f"{city.slug}「{statement}」：没有依据")
    quoted = "".join(provision.in_full for provision in evidence)
    missing = missing_counts(statement, quoted)
    if missing:
        raise ProofError(f"{city.slug}「{statement}」：引文里没有 {'、'.join(missing)}")
