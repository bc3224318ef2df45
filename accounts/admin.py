from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.html import format_html

from accounts import token_admin  # noqa: F401  # registers itself
from accounts.forms import NewPersonForm, send_password_link
from accounts.leaving import left_behind_by
from accounts.models import Doctor, Patient, User
from accounts.signals import sign_in_ended

admin.site.unregister(Group)


class NobodyIsDeleted(admin.ModelAdmin[Any]):
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class DoctorInline(admin.StackedInline[Doctor, User]):
    model = Doctor
    extra = 0
    can_delete = False


class PatientInline(admin.StackedInline[Patient, User]):
    model = Patient
    extra = 0
    can_delete = False


@admin.register(User)
class UserAdmin(NobodyIsDeleted):
    """People. Nobody types another's password: the new person gets a link to set one."""

    list_display = ["email", "last_name", "first_name", "is_active", "is_staff", "is_laboratory"]
    list_filter = [
        "is_active",
        "is_staff",
        "is_laboratory",
        ("doctor", admin.EmptyFieldListFilter),
        ("patient", admin.EmptyFieldListFilter),
    ]
    search_fields = ["email", "first_name", "last_name"]
    fields = ["email", "first_name", "last_name", "is_active", "is_staff", "is_laboratory", "last_login", "date_joined"]
    readonly_fields = ["last_login", "date_joined"]
    inlines = [DoctorInline, PatientInline]
    actions = ["send_links"]

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = NewPersonForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        return NewPersonForm.Meta.fields if obj is None else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        own_access = ["is_active", "is_staff", "is_laboratory"] if obj == request.user else []
        return [*super().get_readonly_fields(request, obj), *own_access]

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        obj.set_unusable_password()
        obj.save()
        send_password_link(obj, request, welcome=True)
        messages.info(request, f"{obj.email} gets a link to set a password.")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        roles_changed = any(formset.has_changed() for formset in formsets)
        if change and (roles_changed or {"is_active", "is_staff", "is_laboratory"} & set(form.changed_data)):
            sign_in_ended.send(User, user=form.instance)
        if "is_active" in form.changed_data and not form.instance.is_active:
            for left in left_behind_by(form.instance):
                messages.warning(request, format_html('{} <a href="{}">See the list</a>', left.words, left.path))

    @admin.action(description="Send a link to set a password")
    def send_links(self, request: HttpRequest, people: QuerySet[User]) -> None:
        for person in people.filter(is_active=True):
            send_password_link(person, request)
        messages.success(request, "Links are on their way to those who are active.")


@admin.register(Doctor)
class DoctorAdmin(NobodyIsDeleted):
    list_display = ["user", "specialization", "license_number", "can_prescribe", "can_overbook"]
    list_filter = ["specialization", "can_prescribe", "user__is_active"]
    list_select_related = ["user"]
    search_fields = ["user__first_name", "user__last_name", "user__email", "license_number"]
    autocomplete_fields = ["user"]

    def get_readonly_fields(self, request: HttpRequest, obj: Doctor | None = None) -> Any:
        return ["user"] if obj else []


@admin.register(Patient)
class PatientAdmin(NobodyIsDeleted):
    list_display = ["user", "display_id", "date_of_birth", "sex", "blood_type", "phone"]
    list_filter = ["sex", "blood_type", "user__is_active"]
    list_select_related = ["user"]
    search_fields = ["user__first_name", "user__last_name", "user__email", "=record_number"]
    autocomplete_fields = ["user"]

    def get_readonly_fields(self, request: HttpRequest, obj: Patient | None = None) -> Any:
        return ["user", "display_id"] if obj else []
