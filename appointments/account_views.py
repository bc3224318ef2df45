"""What a person chooses for their visits, in the pages of their account."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.web import person, refusals_into
from appointments.reminder_choice import choose
from appointments.reminder_forms import RemindersForm
from appointments.reminder_preferences import own_preferences


@require_http_methods(["GET", "POST"])
def reminders(request: HttpRequest) -> HttpResponse:
    user = person(request)
    given = request.POST if request.method == "POST" else None
    forms = [RemindersForm(preferences, given) for preferences in own_preferences(user).values()]
    if given is not None and all(form.is_valid() for form in forms):
        for form in forms:
            with refusals_into(form):
                choose(user, form.role, **form.cleaned_data)
        if all(form.is_valid() for form in forms):
            messages.success(request, "Kept. It holds for every appointment that lies ahead.")
            return redirect("visits:reminders")
    status = 400 if any(form.errors for form in forms) else 200
    return render(request, "appointments/reminders.html", {"forms": forms}, status=status)
