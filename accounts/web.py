"""What the pages of every domain share."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import User
from accounts.refusals import Refused

PAGE = 25


def person(request: HttpRequest) -> User:
    """Who is signed in; every page here needs somebody to be."""
    return cast(User, request.user)


def needs_a_role(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Whoever is neither doctor, patient nor administrator yet is told so."""

    @wraps(view)
    def only_with_one(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not person(request).roles:
            return render(request, "403.html", {"reason": "Your account has no role yet."}, status=403)
        return view(request, *args, **kwargs)

    return only_with_one


def page_of(request: HttpRequest, rows: "QuerySet[Any]") -> "Page[Any]":
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))


@contextmanager
def refusals_into(form: forms.BaseForm) -> Iterator[None]:
    """What a verb refuses becomes an error of the form, beside the field that it is about."""
    try:
        yield
    except Refused as refused:
        form.add_error(None, refused.detail)
    except ValidationError as error:
        for name, texts in _by_field(error).items():
            form.add_error(name if name in form.fields else None, texts)


def _by_field(error: ValidationError) -> dict[str | None, list[str]]:
    if hasattr(error, "error_dict"):
        return dict(error.message_dict.items())
    return {None: error.messages}


def say_errors(request: HttpRequest, form: forms.BaseForm) -> None:
    """For a form that is a button on another page: its errors as messages there."""
    for texts in form.errors.values():
        messages.error(request, " ".join(map(str, texts)))
