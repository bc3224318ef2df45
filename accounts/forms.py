from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordResetForm
from django.http import HttpRequest

from accounts.models import User


class SignInForm(AuthenticationForm):
    username = forms.EmailField(
        label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    error_messages = {
        "invalid_login": "E-mail and password do not belong together. Look at both, or set a new password.",
        "inactive": "This account is not active. Ask the clinic.",
    }


class NewPersonForm(forms.ModelForm[User]):
    """In the administration: no password is typed, the new person gets a link to set one."""

    class Meta:
        model = User
        fields = ["email", "first_name", "last_name", "is_staff", "is_laboratory"]


class PasswordLinkForm(PasswordResetForm):
    """Django's reset mail, also to people who have never had a password."""

    def get_users(self, email: str) -> Any:
        return User.objects.filter(email__iexact=email, is_active=True)


def send_password_link(user: User, request: HttpRequest, *, welcome: bool = False) -> None:
    """E-mail the person a link with which they set their own password."""
    form = PasswordLinkForm({"email": user.email})
    if form.is_valid():
        form.save(
            request=request,
            use_https=request.is_secure(),
            subject_template_name="accounts/mail/password_subject.txt",
            email_template_name="accounts/mail/welcome.txt" if welcome else "accounts/mail/password.txt",
        )
