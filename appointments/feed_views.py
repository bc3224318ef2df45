"""A person's feed as a calendar program fetches it, and the page on which the person makes, changes and ends it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.web import person
from appointments.feed_calendar import as_ical, fingerprint, visits_of
from appointments.feeds import CalendarFeed
from appointments.reminder_preferences import roles_of

MINUTE = 60
MOST_A_MINUTE = 20
"""Of one feed, in one process. Calendar programs ask every few hours."""


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """No session, no cookie: the address is all that a calendar program has."""
    found = CalendarFeed.opened_by(token)
    if found is None:
        return HttpResponse("There is no such calendar.\n", status=404, content_type="text/plain; charset=utf-8")
    if _asked_too_often(found):
        answer = HttpResponse("Too often. Try again in a minute.\n", status=429, content_type="text/plain")
        answer["Retry-After"] = str(MINUTE)
        return answer
    return _answer(request, found)


def _answer(request: HttpRequest, found: CalendarFeed) -> HttpResponse:
    """Only who has another version of it than the present one has it made."""
    visits = list(visits_of(found.person))
    etag = f'"{fingerprint(found, visits)}"'
    answer: HttpResponse | None = get_conditional_response(request, etag=etag)
    if answer is None:
        answer = HttpResponse(as_ical(found, visits), content_type="text/calendar; charset=utf-8")
        answer["Content-Disposition"] = 'inline; filename="appointments.ics"'
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _asked_too_often(found: CalendarFeed) -> bool:
    key = f"calendar-feed-{found.token_hash}"
    cache.add(key, 0, MINUTE)
    try:
        return cache.incr(key) > MOST_A_MINUTE
    except ValueError:  # the minute has just ended
        return False


@require_safe
def own_feed(request: HttpRequest) -> HttpResponse:
    return _page(request, person(request))


@require_POST
@never_cache
def make(request: HttpRequest) -> HttpResponse:
    """The one answer that shows the address: it is not kept, so no redirect can bring it."""
    user = person(request)
    if not roles_of(user):
        return redirect("visits:calendar")
    token = CalendarFeed.make(user, with_details=bool(request.POST.get("details")))
    return _page(request, user, request.build_absolute_uri(reverse("calendar_feed", args=[token])))


def _page(request: HttpRequest, user: User, address: str = "") -> HttpResponse:
    context = {
        "feed": CalendarFeed.of(user),
        "address": address,
        "subscribe": address.replace("http", "webcal", 1).replace("webcals", "webcal", 1),
        "roles": [role.value for role in roles_of(user)],
    }
    return render(request, "appointments/feed.html", context)


@require_POST
def show_details(request: HttpRequest) -> HttpResponse:
    CalendarFeed.show_details(person(request), with_details=bool(request.POST.get("details")))
    messages.success(request, "Kept. Your calendar program shows it when it next asks.")
    return redirect("visits:calendar")


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    CalendarFeed.end(person(request))
    messages.success(request, "The address has ended. Nobody can read your appointments with it any more.")
    return redirect("visits:calendar")
