"""Every error of the API in one shape: `{"detail": text, "code": name}`, and `errors` by field for bad input."""

from typing import Any

from django.core.exceptions import ValidationError as ModelValidationError
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_handler
from rest_framework.views import set_rollback

from accounts.refusals import IllegalStep, NotAllowed, Refused

STATUS = {IllegalStep: 409, NotAllowed: 403}
INVALID = "Some fields need another look."


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Refusals of verbs become 409 or 403, bad input 400, the framework's own keep their status."""
    if isinstance(error, Refused):
        set_rollback()
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 409)
        return Response({"detail": error.detail, "code": error.code, **error.more()}, status=status)
    if isinstance(error, ModelValidationError):
        error = exceptions.ValidationError(_by_field(error))
    response = drf_handler(error, context)
    if response is not None:
        response.data = _sendable(_shape(error, response))
    return response


def _sendable(said: Any) -> Any:
    """What was sent to us and is said back may hold half a surrogate pair, which no answer can."""
    if isinstance(said, dict):
        return {_sendable(name): _sendable(words) for name, words in said.items()}
    if isinstance(said, list):
        return [_sendable(words) for words in said]
    return said.encode(errors="backslashreplace").decode() if isinstance(said, str) else said


def _by_field(error: ModelValidationError) -> dict[str, Any]:
    return error.message_dict if hasattr(error, "error_dict") else {"non_field_errors": error.messages}


def _shape(error: Exception, response: Response) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        fields = response.data if isinstance(response.data, dict) else {"non_field_errors": response.data}
        return {"detail": INVALID, "code": "invalid", "errors": fields}
    if isinstance(error, exceptions.APIException):
        codes = error.get_codes()
        code = codes if isinstance(codes, str) else error.default_code
        detail = error.detail if isinstance(error.detail, str) else response.data.get("detail", error.default_detail)
        return {"detail": str(detail), "code": str(code)}
    return (
        {"detail": "There is nothing here that you may see.", "code": "not_found"}
        if (response.status_code == 404)
        else {"detail": "That is not for you.", "code": "permission_denied"}
    )
