"""Refresh tokens of the API in the administration: whose there are, and a way to end one. None can be read there."""

from django.contrib import admin
from rest_framework_simplejwt.token_blacklist import admin as packaged
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts.admin_base import KeptAdmin

admin.site.unregister([OutstandingToken, BlacklistedToken])


@admin.register(OutstandingToken)
class OutstandingTokenAdmin(KeptAdmin[OutstandingToken]):
    """Without the token itself, with which its reader could act as its owner."""

    list_display = ["jti", "user", "created_at", "expires_at"]
    list_select_related = ["user"]
    list_filter = ["created_at", "expires_at"]
    search_fields = ["user__first_name", "user__last_name", "user__email", "jti"]
    fields = ["jti", "user", "created_at", "expires_at"]


@admin.register(BlacklistedToken)
class BlacklistedTokenAdmin(packaged.BlacklistedTokenAdmin):
    search_fields = ("token__user__email", "token__jti")
    autocomplete_fields = ["token"]
