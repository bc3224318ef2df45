"""The allergies of a patient: read by them, recorded and ended by who treats them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Patient
from accounts.web import person, refusals_into
from prescriptions.allergies import may_record
from prescriptions.allergy_forms import EndAllergyForm, RecordAllergyForm
from prescriptions.loading import rule_book
from prescriptions.models import Allergy

SOME_ENDED = 50
ENDS = {"end": "It is an allergy no longer", "entered-in-error": "It was entered in error"}


@require_http_methods(["GET", "POST"])
def allergies(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A POST records one."""
    patient = _patient(request, pk)
    if request.method == "POST" and not may_record(person(request), patient):
        reason = "Allergies are recorded by doctors and administrators. Tell the clinic what you do not tolerate."
        return render(request, "403.html", {"reason": reason}, status=403)
    form = RecordAllergyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_into(form):
            allergy = Allergy.record(by=person(request), patient=patient, **form.cleaned_data)
        if form.is_valid():
            known = "" if allergy.code else " No check can warn about it."
            messages.success(request, f"Recorded: {allergy.substance}.{known}")
            return redirect("prescriptions:allergies", patient.pk)
    return _page(request, patient, form)


@require_safe
def allergies_partial(request: HttpRequest, pk: UUID) -> HttpResponse:
    return render(request, "prescriptions/_allergies.html", _context(request, _patient(request, pk)))


@require_POST
def end(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    if verb not in ENDS:
        raise Http404
    seen = Allergy.objects.visible_to(person(request)).with_all()
    allergy: Allergy = get_object_or_404(seen, pk=pk)
    form = EndAllergyForm(request.POST, prefix=f"{pk}-{verb}")
    if form.is_valid():
        act = allergy.end_now if verb == "end" else allergy.enter_in_error
        with refusals_into(form):
            act(by=person(request), reason=form.cleaned_data["reason"])
    if not form.is_valid():
        return _page(request, allergy.patient, RecordAllergyForm(), (pk, verb, form))
    messages.success(request, f"Off the list: {allergy.substance}. It stays readable.")
    return redirect("prescriptions:allergies", allergy.patient_id)


Tried = tuple[UUID, str, EndAllergyForm]


def _page(request: HttpRequest, patient: Patient, form: RecordAllergyForm, tried: Tried | None = None) -> HttpResponse:
    context = {**_context(request, patient, tried), "form": form, "substances": _substances()}
    status = 409 if tried else 400 if form.errors else 200
    return render(request, "prescriptions/allergies.html", context, status=status)


def _patient(request: HttpRequest, pk: UUID) -> Patient:
    seen = Patient.objects.visible_to(person(request)).select_related("user")
    patient: Patient = get_object_or_404(seen, pk=pk)
    return patient


def _context(request: HttpRequest, patient: Patient, tried: Tried | None = None) -> dict[str, Any]:
    of_them = Allergy.objects.filter(patient=patient).with_all()
    recorder = may_record(person(request), patient)
    return {
        "patient": patient,
        "rows": [(allergy, _ends(allergy, tried) if recorder else []) for allergy in of_them.current()],
        "ended": list(of_them.exclude(end=None).order_by("-end__at", "id")[:SOME_ENDED]),
        "may_record": recorder,
        "refused": tried[2] if tried else None,
    }


def _ends(allergy: Allergy, tried: Tried | None) -> list[dict[str, Any]]:
    def form_of(verb: str) -> EndAllergyForm:
        again = tried is not None and tried[:2] == (allergy.pk, verb)
        return tried[2] if tried and again else EndAllergyForm(prefix=f"{allergy.pk}-{verb}")

    return [{"verb": verb, "words": words, "form": form_of(verb)} for verb, words in ENDS.items()]


def _substances() -> list[str]:
    """What has a code: families first, as they say more."""
    book = rule_book()
    return book.substances if book else []
