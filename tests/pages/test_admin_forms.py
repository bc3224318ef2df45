"""The forms of the administration: what grows with the clinic is searched for, never listed."""

import pytest
from django.contrib.admin import site
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.forms import ModelChoiceField
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken
from rest_framework_simplejwt.tokens import RefreshToken

pytestmark = pytest.mark.django_db
FEW = {"VisitKind", "DrugClass"}
"""As many rows whatever the clinic's size."""


def fields_of(model_admin, request):
    """Those of its form and of the forms in line, without the one that ties the two together."""
    yield from model_admin.get_form(request).base_fields.items()
    for formset, inline in model_admin.get_formsets_with_inlines(request):
        if inline.has_add_permission(request, None):
            yield from ((name, field) for name, field in formset.form.base_fields.items() if name != formset.fk.name)


def is_long(field):
    widget = getattr(field.widget, "widget", field.widget)
    is_short = widget.is_hidden or isinstance(widget, AutocompleteSelect | AutocompleteSelectMultiple)
    return isinstance(field, ModelChoiceField) and not is_short and field.queryset.model.__name__ not in FEW


def test_no_form_lists_everybody(cast, rf):
    request = rf.get("/admin/")
    request.user = cast.admin
    editable = [one for one in site._registry.values() if one.has_change_permission(request)]
    assert {one.model.__name__ for one in editable} >= {"User", "Absence", "AvailabilityRule", "Cover", "OnCall"}
    long = [f"{one}: {name}" for one in editable for name, field in fields_of(one, request) if is_long(field)]
    assert not long, "; ".join(long)


def test_a_token_of_the_api_can_be_ended_there_and_not_read(cast, signed_in):
    token = RefreshToken.for_user(cast.smith.user)
    row, admin = OutstandingToken.objects.get(), signed_in(cast.admin)
    for path in (f"outstandingtoken/{row.pk}/change/", "outstandingtoken/", "blacklistedtoken/add/"):
        page = admin.get(f"/admin/token_blacklist/{path}")
        assert (page.status_code, str(token) in page.content.decode()) == (200, False)
    assert admin.post("/admin/token_blacklist/blacklistedtoken/add/", {"token": row.pk}).status_code == 302
    with pytest.raises(TokenError):
        RefreshToken(str(token))
