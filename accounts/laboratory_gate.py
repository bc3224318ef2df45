"""A laboratory's account is a program's: it has the API, and of the pages only those of its own sign-in."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import User

OWN_SIGN_IN = {"accounts:logout", "accounts:password_change", "accounts:password_change_done"}


class LaboratoryGate:
    """Answers 403 to a laboratory wherever a page asks for a sign-in; API views ask for a token instead."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *args: Any) -> HttpResponse | None:
        if not getattr(view, "login_required", True):
            return None
        user, match = request.user, request.resolver_match
        if not (isinstance(user, User) and user.is_laboratory) or (match and match.view_name in OWN_SIGN_IN):
            return None
        return render(request, "accounts/laboratory.html", status=403)
