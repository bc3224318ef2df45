"""The wait list and its offers."""

from typing import Any, cast

from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import PlainText, WireTimeField
from accounts.api.idempotency import IdempotentCreateMixin
from accounts.api.lookup import ByUuid
from accounts.models import User
from appointments.api.people import doctor_of, patient_of
from appointments.api.serializers import AppointmentSerializer, KindField
from appointments.availability import VisitKind
from appointments.models import MAX_TEXT, Appointment, SlotOffer, WaitingEntry
from appointments.slot_offers import SlotOfferQuerySet
from appointments.wait_list_querysets import WaitingEntryQuerySet


class WaitingEntrySerializer(serializers.ModelSerializer[WaitingEntry]):
    patient_id = serializers.UUIDField()
    doctor_id = serializers.UUIDField()
    appointment_id = serializers.UUIDField(allow_null=True)
    kind = serializers.CharField(source="kind.code")
    joined_at = WireTimeField()
    ended_at = WireTimeField(allow_null=True)
    ending = serializers.SerializerMethodField()

    class Meta:
        model = WaitingEntry
        fields = [
            "id", "patient_id", "doctor_id", "appointment_id", "kind", "reason", "from_day", "until_day",
            "joined_at", "ended_at", "ending",
        ]  # fmt: skip

    def get_ending(self, entry: WaitingEntry) -> str | None:
        return entry.ending or None


class JoinSerializer(serializers.Serializer[Any]):
    """`appointment_id` says what is to be earlier; without one, whom with and what it is about."""

    appointment_id = serializers.UUIDField(required=False)
    doctor_id = serializers.UUIDField(required=False)
    patient_id = serializers.UUIDField(required=False)
    reason = PlainText(required=False, default="", allow_blank=True, max_length=MAX_TEXT)
    from_day = serializers.DateField(required=False, allow_null=True)
    until_day = serializers.DateField(required=False, allow_null=True)
    kind = KindField(required=False)


class SlotOfferSerializer(serializers.ModelSerializer[SlotOffer]):
    """`answer` is null as long as it waits for one; `appointment_id` is what was moved there or asked for."""

    waiting_entry_id = serializers.UUIDField(source="entry_id")
    patient_id = serializers.UUIDField(source="entry.patient_id")
    doctor_id = serializers.UUIDField(source="entry.doctor_id")
    kind = serializers.CharField(source="entry.kind.code")
    start = WireTimeField(source="begins")
    end = WireTimeField(source="ends")
    offered_at = WireTimeField()
    expires_at = WireTimeField()
    answered_at = WireTimeField(allow_null=True)
    answer = serializers.SerializerMethodField()
    appointment_id = serializers.UUIDField(allow_null=True)

    class Meta:
        model = SlotOffer
        fields = [
            "id", "waiting_entry_id", "patient_id", "doctor_id", "kind", "start", "end", "offered_at", "expires_at",
            "answer", "answered_at", "appointment_id",
        ]  # fmt: skip

    def get_answer(self, offer: SlotOffer) -> str | None:
        return offer.answer or None


class OfEntries(GenericAPIView[WaitingEntry]):
    serializer_class = WaitingEntrySerializer

    def get_queryset(self) -> WaitingEntryQuerySet:
        return WaitingEntry.objects.visible_to(cast(User, self.request.user)).with_people().in_order()


class WaitList(OfEntries, IdempotentCreateMixin, ListAPIView[WaitingEntry]):
    """In order; `?open=true` leaves out what has ended. A POST joins."""

    def get_queryset(self) -> WaitingEntryQuerySet:
        found = super().get_queryset()
        return found.open() if self.request.query_params.get("open") == "true" else found

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        body = JoinSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        user, given = cast(User, request.user), body.validated_data
        entry = WaitingEntry.join(
            by=user,
            **_what_for(user, given),
            reason=given["reason"],
            from_day=given.get("from_day"),
            until_day=given.get("until_day"),
        )
        return Response(WaitingEntrySerializer(entry).data, status=201)


def _what_for(user: User, given: dict[str, Any]) -> dict[str, Any]:
    """The people, the kind, and the visit that is to be earlier, if there is one."""
    if "appointment_id" not in given:
        return {
            "patient": patient_of(user, given.get("patient_id")),
            "doctor": doctor_of(user, given.get("doctor_id")),
            "kind": given.get("kind") or VisitKind.default(),
        }
    if clashing := sorted(given.keys() & {"doctor_id", "patient_id", "kind"}):
        raise ValidationError({name: ["Leave it out: the appointment says it."] for name in clashing})
    seen = Appointment.objects.visible_to(user).with_people()
    appointment = seen.filter(pk=given["appointment_id"]).first()
    if appointment is None:
        raise ValidationError({"appointment_id": ["There is no such appointment that you may see."]})
    return {
        "patient": appointment.patient,
        "doctor": appointment.doctor,
        "kind": appointment.kind,
        "appointment": appointment,
    }


class OneEntry(OfEntries, ByUuid[WaitingEntry], RetrieveAPIView[WaitingEntry]):
    pass


class Leave(OfEntries, ByUuid[WaitingEntry]):
    def post(self, request: Request, **kwargs: Any) -> Response:
        entry = self.get_object()
        entry.leave(by=cast(User, request.user))
        return Response(WaitingEntrySerializer(entry).data)


class OfOffers(GenericAPIView[SlotOffer]):
    serializer_class = SlotOfferSerializer

    def get_queryset(self) -> SlotOfferQuerySet:
        return SlotOffer.objects.visible_to(cast(User, self.request.user)).with_people()


class Offers(OfOffers, ListAPIView[SlotOffer]):
    """Newest first; `?open=true` has those that can still be taken."""

    def get_queryset(self) -> SlotOfferQuerySet:
        found = super().get_queryset()
        return found.open() if self.request.query_params.get("open") == "true" else found


class OneOffer(OfOffers, ByUuid[SlotOffer], RetrieveAPIView[SlotOffer]):
    pass


class Claim(OfOffers, ByUuid[SlotOffer]):
    """Answers the appointment that was moved there or asked for."""

    def post(self, request: Request, **kwargs: Any) -> Response:
        appointment = self.get_object().claim(by=cast(User, request.user))
        found = Appointment.objects.with_people().prefetch_related("history__by").get(pk=appointment.pk)
        return Response(AppointmentSerializer(found).data)


class Decline(OfOffers, ByUuid[SlotOffer]):
    def post(self, request: Request, **kwargs: Any) -> Response:
        offer = self.get_object()
        offer.decline(by=cast(User, request.user))
        return Response(SlotOfferSerializer(offer).data)
