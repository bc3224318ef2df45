"""The patients that a search as one types offers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.patient_choice import MOST_HITS, found_by, named_by, number_and_name, tidy
from accounts.web import person


@require_POST
def patients_found(request: HttpRequest) -> HttpResponse:
    """A POST although it changes nothing: names and birth dates do not belong in an address."""
    words = tidy(request.POST.get("q"))
    found = found_by(person(request), words)
    hits = [(patient, number_and_name(patient)) for patient in found[:MOST_HITS]]
    context = {"hits": hits, "named": named_by(words, found), "words": words, "are_more": len(found) > MOST_HITS}
    return render(request, "ui/_patients_found.html", context)
