"""The page of a prescription: how it is taken, what became of it, and the next step of whoever looks at it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.web import person, refusals_into
from prescriptions.life_forms import (
    AnswerForm,
    AskForm,
    GrantForm,
    MaybeWhyForm,
    RefuseForm,
    RenewForm,
    SeenForm,
    WhyForm,
)
from prescriptions.models import Prescription
from prescriptions.statuses import Status, read_status
from prescriptions.views import check_context


@dataclass(frozen=True)
class Action:
    """One form: what its button says, what it does, and what is said afterwards, with what `act` has `given`."""

    form: type[forms.Form]
    words: str
    act: Callable[[Prescription, User, dict[str, Any]], object]
    done: str
    is_folded: bool = True


def _step(to: Status) -> Callable[[Prescription, User, dict[str, Any]], object]:
    return lambda prescription, user, given: prescription.advance(to, by=user, **given)


def _answer(verb: str) -> Callable[[Prescription, User, dict[str, Any]], object]:
    def act(prescription: Prescription, user: User, given: dict[str, Any]) -> object:
        asked, requests = given.pop("asked", None), prescription.refill_requests.with_all()
        # Without one, as for the patient, the newest: the open one, or who answered says so.
        request = requests.filter(pk=asked).first() if asked else requests.first()
        if request is None:
            raise Http404
        return getattr(request, verb)(by=user, **given)

    return act


def _renew(prescription: Prescription, user: User, given: dict[str, Any]) -> Prescription:
    return prescription.renew(by=user, **given)


ACTIONS: dict[str, Action] = {
    "grant": Action(
        GrantForm, "Grant the refill", _answer("grant"), "Granted: {given}. The patient is told now.", False
    ),
    "renew": Action(RenewForm, "Renew the prescription", _renew, "Renewed. The patient is told now."),
    "refuse": Action(RefuseForm, "Refuse", _answer("refuse"), "Refused. The patient is told now, and why."),
    "ask": Action(
        AskForm,
        "Ask for a refill",
        lambda prescription, user, given: prescription.ask_refill(by=user, **given),
        "The doctor is told now. The answer appears here.",
        False,
    ),
    "withdraw": Action(
        forms.Form,
        "Withdraw the request",
        _answer("withdraw"),
        "The request is withdrawn. The doctor is told now. It can be asked for again.",
    ),
    "resume": Action(MaybeWhyForm, "Take back into use", _step(Status.ACTIVE), "In use again.", False),
    "hold": Action(WhyForm, "Put on hold", _step(Status.ON_HOLD), "On hold. The patient is told now."),
    "stop": Action(WhyForm, "Stop", _step(Status.STOPPED), "Stopped. The patient is told now."),
    "complete": Action(MaybeWhyForm, "Complete", _step(Status.COMPLETED), "Completed."),
    "entered-in-error": Action(
        WhyForm, "Entered in error", _step(Status.ENTERED_IN_ERROR), "Marked as entered in error."
    ),
}
STEPS = {
    Status.ACTIVE: "resume",
    Status.ON_HOLD: "hold",
    Status.STOPPED: "stop",
    Status.COMPLETED: "complete",
    Status.ENTERED_IN_ERROR: "entered-in-error",
}


def verbs_for(prescription: Prescription, user: User) -> list[str]:
    """The actions that this person may take now, so that the page offers no other."""
    if user.pk == prescription.patient_id:
        return ["ask"] if prescription.may_ask_refill(user) else []
    steps = prescription.steps_for(user)
    if not steps and not prescription.may_be_changed_by(user):
        return []
    asked = prescription.refill_requests.open().exists()
    verbs = ["grant"] if asked and not prescription.needs_renewal else []
    verbs += ["renew"] if prescription.may_be_renewed_by(user) else []
    verbs += ["refuse"] if asked else []
    verbs += ["ask"] if prescription.may_ask_refill(user) else []
    return verbs + [STEPS[step] for step in steps]


@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    return page(request, found(request, pk))


@require_safe
def detail_partial(request: HttpRequest, pk: UUID) -> HttpResponse:
    prescription = found(request, pk)
    seen = read_status(request.GET.get("seen"))
    is_old = seen is not None and (seen != prescription.state or request.GET.get("lines") != _lines(prescription))
    context = {**_context(request, prescription), "meanwhile": prescription.meanwhile() if is_old else ""}
    return render(request, "prescriptions/_detail.html", context)


@require_safe
def actions_partial(request: HttpRequest, pk: UUID) -> HttpResponse:
    """For the patient, whose next step changes with what others do: a refusal, the day from which they can ask."""
    prescription = found(request, pk)
    if prescription.patient_id != person(request).pk:
        raise Http404
    actions = [_form_of(prescription, verb, None) for verb in verbs_for(prescription, person(request))]
    context = {**_context(request, prescription), "actions": actions}
    return render(request, "prescriptions/_actions.html", context)


@require_POST
def take(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    action = ACTIONS.get(verb)
    if action is None:
        raise Http404
    prescription, form = found(request, pk), action.form(request.POST, prefix=verb)
    if form.is_valid():
        with refusals_into(form):
            given = action.act(prescription, person(request), form.cleaned_data)
    if not form.is_valid():
        return page(request, found(request, pk), (verb, form))
    messages.success(request, action.done.format(given=given))
    return redirect(prescription)


def found(request: HttpRequest, pk: UUID) -> Prescription:
    seen = Prescription.objects.visible_to(person(request)).with_people().with_life().with_check()
    prescription: Prescription = get_object_or_404(seen, pk=pk)
    return prescription


def _context(request: HttpRequest, prescription: Prescription) -> dict[str, Any]:
    why_not = prescription.why_no_refill() if person(request).pk == prescription.patient_id else None
    return {
        "prescription": prescription,
        "why_no_refill": why_not[0] if why_not else "",
        "may_withdraw": prescription.may_speak_for_patient(person(request)),
    }


def _lines(prescription: Prescription) -> str:
    return str(len(prescription.history.all()))


def page(request: HttpRequest, prescription: Prescription, tried: tuple[str, forms.Form] | None = None) -> HttpResponse:
    """The page with a form for each action of this person; `tried` is the one that was refused."""
    verbs = verbs_for(prescription, person(request))
    context = {
        **_context(request, prescription),
        **check_context(request, prescription),
        "actions": [_form_of(prescription, verb, tried) for verb in verbs],
        "lines": _lines(prescription),
        "refused": tried[1] if tried and tried[0] not in verbs else None,
    }
    return render(request, "prescriptions/detail.html", context, status=409 if tried else 200)


def _form_of(prescription: Prescription, verb: str, tried: tuple[str, forms.Form] | None) -> dict[str, Any]:
    action = ACTIONS[verb]
    form = action.form(initial=RenewForm.as_before(prescription), prefix=verb)
    if tried and tried[0] == verb:
        form = tried[1].refreshed(prescription) if isinstance(tried[1], SeenForm | AnswerForm) else tried[1]
    words = "Ask for a renewal" if verb == "ask" and prescription.needs_renewal else action.words
    url = reverse("prescriptions:take", args=[prescription.pk, verb])
    gives = prescription.next_supply if verb == "grant" else None
    return {"verb": verb, "form": form, "words": words, "url": url, "is_folded": action.is_folded, "gives": gives}
