"""What a doctor asks a laboratory for, from the order to the result. models.py makes it known to Django."""

import uuid

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.urls import reverse
from django.utils import timezone

from accounts.facts import Fact
from accounts.fields import no_control_characters
from accounts.models import Doctor, Patient, User
from accounts.refusals import IllegalStep, NotAllowed
from labs.checks import MAX_REASON, checked_reason
from labs.order_querysets import LabOrderQuerySet
from labs.statuses import OPEN_ORDERS, OrderStatus

NEXT = {OrderStatus.COLLECTED: (OrderStatus.ORDERED,), OrderStatus.CANCELLED: OPEN_ORDERS}


class LabOrder(models.Model):
    """A test that a doctor has ordered. Its verbs are the only way to change it; each leaves a LabOrderStep."""

    class Priority(models.TextChoices):
        ROUTINE = "routine", "Routine"
        URGENT = "urgent", "Urgent"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="lab_orders")
    doctor = models.ForeignKey(
        Doctor, verbose_name="ordering doctor", on_delete=models.PROTECT, related_name="lab_orders"
    )
    test_type = models.CharField("test", max_length=100, validators=[no_control_characters])
    priority = models.CharField(max_length=10, choices=Priority, default=Priority.ROUTINE)
    reason = models.CharField(max_length=MAX_REASON, validators=[no_control_characters])
    status = models.CharField(max_length=10, choices=OrderStatus, default=OrderStatus.ORDERED)
    created_at = models.DateTimeField(editable=False)

    objects = LabOrderQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=OrderStatus.values), name="lab_order_status_in_set"),
            models.CheckConstraint(condition=Q(priority__in=["routine", "urgent"]), name="lab_order_priority_in_set"),
            models.CheckConstraint(condition=~Q(test_type="") & ~Q(reason=""), name="lab_order_says_what_and_why"),
        ]
        indexes = [
            models.Index(fields=["patient", "-created_at"], name="lab_order_of_patient"),
            models.Index(fields=["doctor", "-created_at"], name="lab_order_of_doctor"),
        ]

    def __str__(self) -> str:
        return f"{self.test_type} for {self.patient.full_name}, {self.get_status_display().lower()}"

    def get_absolute_url(self) -> str:
        return reverse("labs:order", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_ORDERS

    @classmethod
    @transaction.atomic
    def place(
        cls, *, by: User, patient: Patient, test_type: str, reason: str, priority: str = Priority.ROUTINE
    ) -> "LabOrder":
        """A doctor orders for a patient they treat. Raises NotAllowed, ValidationError by field."""
        doctor = cls.refuse_unless_orderer(by)
        if not Patient.objects.visible_to(by).filter(pk=patient.pk).exists():
            raise NotAllowed("You can order tests for patients you treat.")
        order = cls(
            patient=patient,
            doctor=doctor,
            test_type=test_type.strip(),
            priority=priority,
            reason=checked_reason(reason),
            created_at=timezone.now(),
        )
        order.full_clean(validate_constraints=False)
        order.save(force_insert=True)
        order._keep(by=by)
        return order

    @staticmethod
    def refuse_unless_orderer(user: User) -> Doctor:
        """The doctor that `user` is. Raises NotAllowed for anybody else."""
        if user.is_laboratory or not user.is_active or user.doctor_or_none is None:
            raise NotAllowed("Tests are ordered by doctors.")
        return user.doctor_or_none

    def collect(self, *, by: User, note: str = "") -> None:
        """The sample has been taken. Raises NotAllowed, IllegalStep unless it was only ordered so far."""
        self._step(OrderStatus.COLLECTED, by=by, note=note)

    def cancel(self, *, by: User, reason: str) -> None:
        """Nobody waits for it any more. Raises NotAllowed, ValidationError without a reason, IllegalStep later on."""
        self._step(OrderStatus.CANCELLED, by=by, note=checked_reason(reason))

    @transaction.atomic
    def take_result(self, *, by: User, patient: Patient) -> None:
        """A result of this order is being recorded; a second one, of another part, changes nothing.

        Raises ValidationError under `order` for another patient's order and for one that was cancelled.
        """
        self._look_again()
        if self.patient_id != patient.pk:
            raise ValidationError({"order": "There is no such order of this patient."})
        if self.status == OrderStatus.CANCELLED:
            raise ValidationError({"order": "This order was cancelled. Record the result without it."})
        if self.is_open:
            self._become(OrderStatus.RESULTED, by=by)

    def may_be_changed_by(self, user: User) -> bool:
        """Whoever of those who see it is not merely its patient."""
        if user.is_administrator or user.pk == self.doctor_id:
            return True
        return user.doctor_or_none is not None and user.pk != self.patient_id

    @transaction.atomic
    def _step(self, to: OrderStatus, *, by: User, note: str) -> None:
        self._look_again()
        seen = Patient.objects.visible_to(by).filter(pk=self.patient_id).exists()
        if not (seen and self.may_be_changed_by(by)):
            raise NotAllowed("Only a doctor who treats the patient, or an administrator, can do that.")
        if self.status not in NEXT[to]:
            raise IllegalStep(
                f"This order is {self.get_status_display().lower()}, so it cannot become {to.label.lower()}."
            )
        self._become(to, by=by, note=note)

    def _look_again(self) -> None:
        self.status = LabOrder.objects.select_for_update(no_key=True, of=("self",)).get(pk=self.pk).status

    def _become(self, to: OrderStatus, *, by: User, note: str = "") -> None:
        self.status = to
        self.save(update_fields=["status"])
        self._keep(by=by, note=note)

    def _keep(self, *, by: User, note: str = "") -> None:
        step = LabOrderStep(order=self, status=self.status, by=by, at=timezone.now(), note=note.strip())
        step.full_clean(exclude=["order"], validate_constraints=False)
        step.save(force_insert=True)


class LabOrderStep(Fact):
    """A fact of an order, never altered: what became of it, by whom, when, and why."""

    order = models.ForeignKey(LabOrder, on_delete=models.PROTECT, related_name="steps")
    status = models.CharField(max_length=10, choices=OrderStatus)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.CharField(max_length=MAX_REASON, blank=True, validators=[no_control_characters])

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "status"], name="lab_order_each_step_once"),
            models.CheckConstraint(condition=Q(status__in=OrderStatus.values), name="lab_order_step_in_set"),
            models.CheckConstraint(
                condition=~Q(status=OrderStatus.CANCELLED, note=""), name="lab_order_cancelled_for_a_reason"
            ),
            models.CheckConstraint(condition=LessThanOrEqual(Length("note"), MAX_REASON), name="lab_order_note_fits"),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()} by {self.by.full_name}"
