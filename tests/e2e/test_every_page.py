"""Every page at phone and desk width, light and dark: no accessibility violation, no sideways scrolling, CSP clean."""

from datetime import timedelta

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.utils import timezone

from accounts.models import Doctor
from labs.models import LabFollowUp
from prescriptions.models import Allergy, PrescriptionFollowUp
from tests.appointments.leaving import covered, leaves
from tests.appointments.making import in_status, requested
from tests.appointments.opening import consultation, office_hours, slot_at
from tests.appointments.waiting import an_offer
from tests.e2e.acting import sign_in
from tests.labs.imports.files import row, taken
from tests.labs.making import classified, ordered, recorded
from tests.labs.releasing import chose, hold
from tests.prescriptions.answering import ANTICOAGULANT, NSAID, answers, prescribe
from tests.prescriptions.test_issue import issued

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE, DESK = {"width": 360, "height": 780}, {"width": 1440, "height": 900}


@pytest.fixture
def story(cast, rules):
    consultation()
    confirmed = in_status(cast, "confirmed")
    appointment = requested(cast)
    prescribe(cast.smith, cast.alice, ANTICOAGULANT)
    prescription = prescribe(cast.smith, cast.alice, NSAID, answers(cast.alice, NSAID, "will_monitor", "INR"))
    PrescriptionFollowUp.objects.update(due=timezone.localdate())
    prescription.ask_refill(by=cast.alice.user, note="Going away")
    stranded = issued(cast, doctor=cast.brown, patient=cast.bob)
    stranded.ask_refill(by=cast.bob.user)
    Doctor.objects.filter(pk=cast.brown.pk).update(can_prescribe=False)
    held = prescribe(cast.smith, cast.alice, "Amoxicillin")
    held.hold(by=cast.smith.user, reason="Dizzy")
    Allergy.record(by=cast.smith.user, patient=cast.alice, substance="Something with berries")
    result = recorded(cast, patient=cast.alice, critical=True)
    result_path = f"/lab-results/{result.pk}/"
    corrected = recorded(cast, patient=cast.alice).correct(by=cast.admin, reason="Haemolysed sample")
    order_path = ordered(cast).get_absolute_url()
    classified(recorded(cast, patient=cast.alice))
    reviewed = recorded(cast, patient=cast.alice)
    reviewed.review_with(by=cast.smith.user, monitor_until=timezone.localdate() + timedelta(days=1))
    LabFollowUp.objects.update(due=timezone.localdate())
    versions = [corrected.get_absolute_url(), corrected.supersedes.get_absolute_url(), reviewed.get_absolute_url()]
    chose(cast.alice, "other")
    waits = recorded(cast, patient=cast.alice, result_data={"BRCA1": "no change"})
    held = recorded(cast, patient=cast.alice)
    hold(held)
    things = [
        waits.get_absolute_url(),
        held.get_absolute_url(),
        "/lab-results/when/",
        order_path,
        *versions,
        f"/appointments/{appointment.pk}/",
        confirmed.get_absolute_url(),
        f"/prescriptions/{prescription.pk}/",
        f"/prescriptions/{held.pk}/",
        f"/prescriptions/of/{cast.alice.pk}/",
        f"/prescriptions/of/{cast.alice.pk}/?print",
        f"/prescriptions/of/{cast.alice.pk}/allergies/",
        result_path,
        f"{result_path}?print",
        f"/lab-results/trends/{cast.alice.pk}/",
        f"/lab-results/trends/{cast.alice.pk}/2823-3/",
        f"/lab-results/trends/{cast.alice.pk}/2823-3/?print",
    ]
    brought = taken(cast, [row(cast), row(cast, "m-2", patient="40-9999")]).get_absolute_url()
    imports = [brought, "/admin/labs/csvimport/", "/admin/labs/csvimport/add/"]
    office_hours(cast.smith)
    slot = f"doctor={cast.smith.pk}&patient={cast.alice.pk}&kind=consultation"
    why = f"/appointments/new/why/?{slot}&start={slot_at(2, 10):%Y-%m-%dT%H:%M:%SZ}"
    booking = ["/appointments/new/", f"/appointments/new/when/?{slot}", why, "/appointments/new/wish/"]
    booking += [f"/appointments/{appointment.pk}/move/?start={slot_at(2, 10):%Y-%m-%dT%H:%M:%SZ}"]
    offer = an_offer(cast)
    booking += [offer.get_absolute_url(), "/appointments/wait-list/", "/appointments/wait-list/join/"]
    booking += [f"{confirmed.get_absolute_url()}earlier/", f"{offer.entry.appointment.get_absolute_url()}earlier/"]
    left = requested(cast, doctor=cast.trainee, requested_time=slot_at(4, 10))
    left.confirm(by=cast.trainee.user)
    unanswered = requested(cast, doctor=cast.trainee, requested_time=slot_at(5, 10))
    covered(cast.trainee, cast.smith)
    leaves(cast.trainee)
    booking += [unanswered.get_absolute_url(), left.get_absolute_url(), f"{left.get_absolute_url()}move/"]
    booking += [f"{left.get_absolute_url()}move/?doctor={cast.smith.pk}"]
    lists = [
        "/",
        "/appointments/",
        "/prescriptions/",
        "/lab-results/",
        "/notifications/",
        "/account/",
        "/lab-results/orders/",
    ]
    return {
        "smith": [
            *lists,
            *things,
            *booking,
            *(f"/appointments/calendar/{cast.smith.pk}/{view}/{slot_at(2, 10):%Y-%m-%d}/" for view in ("day", "week")),
            "/appointments/without-doctor/",
            "/patients/",
            f"/patients/{cast.alice.pk}/",
            "/lab-results/new/",
            "/lab-results/orders/new/",
            "/lab-results/sign-off/",
            f"{corrected.get_absolute_url()}correct/",
            f"{corrected.get_absolute_url()}cancel/",
            f"{waits.get_absolute_url()}hold/",
            f"{held.get_absolute_url()}lift-hold/",
            "/prescriptions/new/",
            "/notifications/alerts/",
            "/notifications/cover/",
            "/account/reminders/",
            "/account/calendar/",
        ],
        "alice": [*lists, *things, *booking, "/lab-results/choices/", "/account/reminders/", "/account/calendar/"],
        "admin": [
            "/",
            stranded.get_absolute_url(),
            "/patients/",
            "/appointments/",
            "/appointments/without-doctor/",
            "/admin/",
            "/admin/accounts/user/add/",
            *imports,
        ],
    }


def violations(page):
    page.evaluate(AXE_SCRIPT)
    # Told what is asked for, axe does not describe every element that is right.
    return page.evaluate(
        "axe.run({ resultTypes: ['violations'] })"
        ".then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' | ')))"
    )


def scrolls_sideways(page):
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.parametrize("size, scheme", [(PHONE, "light"), (DESK, "dark")], ids=["phone, light", "desk, dark"])
@pytest.mark.parametrize("who", ["smith", "alice", "admin"])
def test_every_page_is_accessible_and_fits(visitors, server, cast, story, who, size, scheme):
    page = sign_in(visitors(viewport=size, color_scheme=scheme, reduced_motion="reduce"), server, getattr(cast, who))
    wrong = []
    for path in story[who]:
        page.goto(f"{server.url}{path}")
        if scrolls_sideways(page):
            wrong.append(f"{path} scrolls sideways")
        if not path.startswith("/admin/"):
            wrong += [f"{path} {violation}"[:300] for violation in violations(page)]
    assert wrong == []


def test_long_names_and_days_fit_the_narrowest_phone(visitors, server, cast):
    now = timezone.now()
    autumn = now.replace(month=9, day=30, hour=9, minute=0, second=0, microsecond=0)
    requested(cast, requested_time=autumn if autumn > now else autumn.replace(year=now.year + 1))
    long = "Antineutrophil-cytoplasmic-antibodies-by-immunofluorescence"
    result = recorded(cast, patient=cast.alice, result_data={long: "none found"})
    page = sign_in(visitors(viewport={"width": 320, "height": 640}), server, cast.alice)
    for path in ["/", result.get_absolute_url(), f"/lab-results/trends/{cast.alice.pk}/"]:
        page.goto(f"{server.url}{path}")
        assert (path, scrolls_sideways(page)) == (path, False)


def test_the_state_of_a_medication_is_one_word_on_the_narrowest_phone(visitors, server, cast, rules):
    requested(cast)
    prescribe(cast.smith, cast.alice, "Amoxicillin").complete(by=cast.smith.user)
    page = sign_in(visitors(viewport={"width": 320, "height": 640}), server, cast.alice)
    page.goto(f"{server.url}/prescriptions/")
    state = page.get_by_text("Completed", exact=True)
    assert state.evaluate(
        "e => e.getClientRects().length && e.offsetHeight < 2 * parseFloat(getComputedStyle(e).fontSize)"
    )


def test_a_long_page_scrolls_in_one_place_at_the_desk(visitors, server, cast):
    for _ in range(15):
        recorded(cast, critical=True)
    page = sign_in(visitors(viewport={"width": 1280, "height": 600}), server, cast.smith)
    for path in ["/", "/lab-results/", f"/lab-results/trends/{cast.bob.pk}/"]:
        page.goto(f"{server.url}{path}")
        below = page.evaluate("document.documentElement.scrollHeight - innerHeight")
        assert (path, below) == (path, 0), "an empty screen lies below the page"
