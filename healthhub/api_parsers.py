import codecs
import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.utils.json import strict_constant


class StrictJSONParser(JSONParser):
    """JSON that is nested thousands of levels deep is bad input, not an error of ours; so is a name that an object has
    twice, of which one value would be lost without a word.
    """

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        encoding = (parser_context or {}).get("encoding", settings.DEFAULT_CHARSET)
        try:
            text = codecs.getreader(encoding)(stream)
            return json.load(text, parse_constant=strict_constant, object_pairs_hook=_each_once)
        except RecursionError:
            raise ParseError("JSON parse error: nested too deeply.") from None
        except ValueError as error:
            raise ParseError(f"JSON parse error: {error}") from None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ParseError(f"JSON parse error: {twice[:100]!r} stands twice in one object. Which value is meant?")
    return found
