"""A network that lets no WebSocket through: the page asks every few seconds, says so, and misses nothing."""

import pytest

from labs.models import LabResult
from tests.appointments.making import requested
from tests.e2e.acting import bell, is_live, sign_in
from tests.e2e.browser import expect
from tests.labs.making import recorded

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BLOCK = """
  const Real = window.WebSocket;
  window.WebSocket = function (url) {
    if (window.socketsWork) return new Real(url);
    const blocked = { readyState: 3, send() {}, close() {} };
    setTimeout(() => blocked.onclose?.({ code: 1006 }), 20);
    return blocked;
  };
"""
"""What a browser reports where a proxy on the way refuses every upgrade."""


@pytest.fixture
def blocked(visitors, server, cast):
    visitor = visitors()
    visitor.add_init_script(BLOCK)
    return sign_in(visitor, server, cast.smith, state="Checking every 5 s")


def test_what_comes_is_shown_without_a_reload_and_once_when_the_socket_works_again(blocked, cast):
    requested(cast)
    expect(blocked.locator("tr[data-key^=appointment-]")).to_contain_text("Annual checkup")
    expect(bell(blocked)).to_have_accessible_name("1 unread notification")
    expect(blocked.locator(".toast")).to_have_count(1)

    blocked.evaluate("window.socketsWork = true; window.dispatchEvent(new Event('online'))")
    is_live(blocked)
    expect(blocked.locator(".toast")).to_have_count(1)
    requested(cast, patient=cast.bob)
    expect(bell(blocked)).to_have_accessible_name("2 unread notifications")


def test_a_critical_result_raises_the_bar_and_another_devices_answer_lowers_it(blocked, visitors, server, cast):
    recorded(cast, critical=True)
    bar = blocked.get_by_role("region", name="Critical result")
    expect(bar).to_contain_text("Potassium 7.1 mmol/L")
    LabResult.objects.get().review_with(by=cast.smith.user, notes="Called.")
    expect(bar).to_have_count(0)


def test_who_signs_out_elsewhere_is_led_to_sign_in(blocked, cast):
    cast.smith.user.set_password("another long secret 7")
    cast.smith.user.save()
    blocked.wait_for_url("**/account/sign-in/**")
