from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AnonymousUser
from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.dateparse import parse_date

from accounts.access import patients_seen_by_doctor
from accounts.birth_dates import as_iso

if TYPE_CHECKING:
    from accounts.models import User


class UserManager(BaseUserManager["User"]):
    """E-mail is the name people sign in with; its case does not matter."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Without a password the account cannot be signed in to until its owner sets one."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, **{"is_staff": True, **fields})

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class DoctorQuerySet(QuerySet[Any]):
    def active(self) -> Self:
        return self.filter(user__is_active=True)

    def prescribing(self) -> Self:
        """Who works here and may prescribe."""
        return self.active().filter(can_prescribe=True)

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Everyone signed in may know the clinic's active doctors; administrators see all, a laboratory none."""
        if not user.is_authenticated or user.is_laboratory:
            return self.none()
        return self.all() if user.is_administrator else self.active()


class PatientQuerySet(QuerySet[Any]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """A patient themselves; a doctor those they care for; an administrator all; others nobody."""
        if not user.is_authenticated or not user.is_active or user.is_laboratory:
            return self.none()
        if user.is_administrator:
            return self.all()
        seen = Q(pk=user.pk)
        if user.doctor_or_none:
            seen |= patients_seen_by_doctor(user.pk)
        return self.filter(seen)

    def search(self, words: str) -> Self:
        """Every word must be in the name, or be the record number ("40-0001") or the birth date (as_iso)."""
        found = self.annotate(
            whole_name=Concat(F("user__first_name"), Value(" "), F("user__last_name"), output_field=CharField())
        )
        for word in as_iso(words.replace("\x00", " ")).split()[:8]:
            condition = Q(whole_name__icontains=word)
            digits = word.replace("-", "")
            if digits.isdecimal() and len(digits) < 10:
                condition |= Q(record_number=int(digits))
            try:
                born = parse_date(word)
            except ValueError:
                born = None
            if born:
                condition |= Q(date_of_birth=born)
            found = found.filter(condition)
        return found
