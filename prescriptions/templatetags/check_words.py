"""What a check says, put as a page says it."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def read_as(check: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Each medication of a check, live or recorded, with what it was understood as, so that a misreading is seen.

    `text` as it was written; `ingredients` where they say more than the text; `is_whole` where all of it is known.
    """
    doubtful = {one["medication"] for one in check["not_checked"] if one.get("subject", "medication") == "medication"}
    for ran in check["medications"]:
        ingredients = [] if [ran["text"].casefold()] == list(ran["ingredients"]) else ran["ingredients"]
        is_whole = bool(ran["drugs"]) and ran["text"] not in doubtful
        yield {"text": ran["text"], "ingredients": ", ".join(ingredients), "is_whole": is_whole}
