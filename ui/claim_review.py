"""A draft of schema.org's ClaimReview as JSON-LD. It has no rating and no author: a person gives both."""

import json
from collections.abc import Mapping
from typing import Any

from index.errors import UsageError


def to_claim_review(document: Mapping[str, Any]) -> str:
    """The draft. Raises UsageError for a question, which claims nothing."""
    if document["outcome"] == "ask":
        raise UsageError(
            "a ClaimReview (.jsonld) reviews a claim and this is a question, expected: "
            'attest trace "CLAIM" --export FILE'
        )
    # Where only other words stand, the claim does not, and whoever said those did not say these.
    altered = document["verdict"] == "altered"
    appearances = [
        quote
        for quote in document["quotes"]
        if quote["role"] in ("supports", "verbatim") and (quote["counts"] or quote["first_seen"])
    ]
    first = next((quote for quote in document["quotes"] if quote["first_seen"] and not altered), None)
    claim: dict[str, object] = {"@type": "Claim", "text": document["asked"]}
    if document["result"].get("speaker") and not altered:
        claim["author"] = {"@type": "Person", "name": document["result"]["speaker"]}
    if appearances:
        claim["appearance"] = [_article(quote) for quote in appearances]
    if first is not None:
        claim["firstAppearance"] = _article(first)
    review = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "creativeWorkStatus": "Draft",
        "claimReviewed": document["asked"],
        "datePublished": str(document["made_at"])[:10],
        "itemReviewed": claim,
        "citation": [_article(quote) for quote in document["quotes"]],
        "comment": "Made by Attest from an archive. Before publication a person adds author, url and reviewRating.",
    }
    return json.dumps(review, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _article(quote: Mapping[str, Any]) -> dict[str, object]:
    article = quote["article"]
    found: dict[str, object] = {"@type": "NewsArticle", "headline": article.get("title") or article.get("source_id")}
    url = str(article.get("url") or "")
    if url.lower().startswith(("http://", "https://")):
        found["url"] = url
    if article.get("published_at"):
        found["datePublished"] = article["published_at"]
    if article.get("source"):
        found["publisher"] = {"@type": "Organization", "name": article["source"]}
    found["hasPart"] = {"@type": "Quotation", "text": quote["quote"]}
    return found
