"""The page of an offer: what is kept for whom, until when, and the two answers."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.refusals import Refused
from accounts.web import person
from appointments.models import SlotOffer


def _found(request: HttpRequest, pk: UUID) -> SlotOffer:
    return get_object_or_404(SlotOffer.objects.visible_to(person(request)).with_people(), pk=pk)


@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    return render(request, "appointments/offer.html", _context(request, _found(request, pk)))


@require_safe
def detail_partial(request: HttpRequest, pk: UUID) -> HttpResponse:
    return render(request, "appointments/_offer.html", _context(request, _found(request, pk)))


def _context(request: HttpRequest, offer: SlotOffer) -> dict[str, Any]:
    return {"offer": offer, "may_answer": offer.is_open and offer.entry.is_theirs(person(request))}


@require_POST
def claim(request: HttpRequest, pk: UUID) -> HttpResponse:
    offer = _found(request, pk)
    try:
        appointment = offer.claim(by=person(request))
    except Refused as refused:
        return _refused(request, offer, refused)
    words = "It is yours" if appointment.status == "confirmed" else "Your doctor is asked to confirm it"
    messages.success(request, f"{words}: {offer.in_words}.")
    return redirect(appointment)


@require_POST
def decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    offer = _found(request, pk)
    try:
        offer.decline(by=person(request))
    except Refused as refused:
        return _refused(request, offer, refused)
    messages.success(request, "It goes to the next person. You keep your place on the wait list.")
    return redirect(offer)


def _refused(request: HttpRequest, offer: SlotOffer, refused: Refused) -> HttpResponse:
    """The page as it is now, with why."""
    messages.error(request, refused.detail)
    return render(request, "appointments/offer.html", _context(request, _found(request, offer.pk)), status=409)
