"""That the ordering doctor has answered for a result. models.py makes it known to Django."""

from django.core.validators import MaxLengthValidator
from django.db import models

from accounts.facts import Fact
from accounts.fields import no_control_characters
from accounts.models import User
from labs.follow_ups import LabFollowUp

MAX_NOTES = 4000


class LabReview(Fact):
    """That, when and how the ordering doctor answered. One a result, by the database's own rule."""

    result = models.OneToOneField("labs.LabResult", on_delete=models.PROTECT, related_name="review")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    notes = models.TextField(
        max_length=MAX_NOTES, blank=True, validators=[MaxLengthValidator(MAX_NOTES), no_control_characters]
    )

    @property
    def follow_up_or_none(self) -> LabFollowUp | None:
        return getattr(self, "follow_up", None)

    def __str__(self) -> str:
        return f"{self.result_id} reviewed by {self.by.full_name}"
