"""In a real browser: a trend that grows, bars and their colours, small screens, and paper."""

import pytest

from tests.e2e.acting import is_live, sign_in
from tests.e2e.browser import expect
from tests.labs.making import recorded

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURED = {
    "Potassium": {"value": "7.1", "unit": "mmol/L", "low": "3.4", "high": "5.0", "flag": "H"},
    "Sodium": {"value": "140", "unit": "mmol/L"},
    "Chloride": {"value": "110", "unit": "mmol/L"},
    "CRP": {"value": "<5", "unit": "mg/L"},
    "Ferritin": {"value": ">2000", "unit": "ng/mL"},
    "Blood culture": "No growth",
    "eGFR": "see note: hemolysed sample",
}
RED = """() => {
  const probe = document.createElement("i");
  probe.style.color = "var(--red-mark)";
  document.body.append(probe);
  const red = getComputedStyle(probe).color;
  probe.remove();
  const parts = [...document.querySelectorAll("main :is(rect, circle, use, line, .mark)")];
  const coloured = parts.filter((part) => {
    const style = getComputedStyle(part);
    return [style.fill, style.stroke, style.backgroundColor].includes(red);
  });
  return coloured.map((part) => part.closest("tr")?.querySelector("th")?.textContent.trim() ?? "elsewhere");
}"""


def trend(cast):
    return f"/lab-results/trends/{cast.bob.pk}/2823-3/"


def pictured(cast):
    recorded(cast, result_data={"Potassium": "4.4", "Sodium": "150"})
    return recorded(cast, result_data=PICTURED)


def test_an_open_trend_grows_by_itself(visitors, server, cast):
    recorded(cast, result_data={"Potassium": "4.4"})
    doctor = sign_in(visitors(), server, cast.smith, trend(cast))
    expect(doctor.locator(".trend .pt")).to_have_count(1)
    recorded(cast, result_data={"Potassium": "7.1"})
    expect(doctor.locator(".trend .pt")).to_have_count(2)
    expect(doctor.locator(".trend .pt.critical")).to_have_count(1)
    expect(doctor.get_by_role("cell", name="Critical high")).to_be_visible()


def test_the_bar_of_an_alarm_says_value_unit_flag_and_range(visitors, server, cast):
    assert cast.smith
    doctor = sign_in(visitors(), server, cast.smith)
    recorded(cast, result_data=PICTURED)
    expect(doctor.locator("#alarms")).to_contain_text(
        "Potassium 7.1 mmol/L, critical high (3.5 to 5.1, critical above 6.1)"
    )


@pytest.mark.parametrize("who", ["smith", "bob"])
def test_red_is_for_what_is_critical_and_for_nothing_else(visitors, server, cast, who):
    result = pictured(cast)
    page = sign_in(visitors(), server, getattr(cast, who), result.get_absolute_url())
    coloured = page.evaluate(RED)
    assert coloured
    assert all(name.startswith("Potassium") for name in coloured)


@pytest.mark.parametrize("who", ["smith", "bob"])
def test_values_and_trends_fit_on_a_very_small_screen(visitors, server, cast, who):
    result = pictured(cast)
    page = sign_in(visitors(viewport={"width": 320, "height": 640}), server, getattr(cast, who))
    everything = f"/lab-results/trends/{cast.bob.pk}/"
    for path in (result.get_absolute_url(), f"{result.get_absolute_url()}?print", trend(cast), everything, "/"):
        page.goto(f"{server.url}{path}")
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), path
        cut = (
            "[...document.querySelectorAll('main .card')].filter((one) => one.scrollWidth > one.clientWidth + 1).length"
        )
        assert page.evaluate(cut) == 0, path


@pytest.mark.parametrize("which", ["result", "trend"])
def test_on_paper_every_page_says_whose_it_is_and_when_it_was_printed(visitors, server, cast, which):
    result = pictured(cast)
    page = sign_in(visitors(), server, cast.smith, trend(cast) if which == "trend" else result.get_absolute_url())
    is_live(page)
    page.emulate_media(media="print")
    head = page.locator(".print-head")
    expect(head).to_contain_text(f"Bob Wilson, born 3 May 1961, ID {cast.bob.display_id}")
    # What browsers repeat at each break of a table.
    expect(head).to_have_css("display", "table-header-group")
    expect(page.locator("main")).to_have_css("display", "table")
    for gone in (".mast", ".rail", ".dock", "#alarms", ".button >> nth=0"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.locator("main")).to_contain_text("Critical high")
    stamp = page.locator("[data-printed]")
    page.evaluate("document.querySelector('[data-printed]').textContent = 'long ago'")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(stamp).not_to_have_text("long ago")
    expect(stamp).to_contain_text(":")


def test_the_view_for_paper_needs_no_script(visitors, server, cast):
    result = pictured(cast)
    page = visitors()
    sign_in(page, server, cast.smith)
    plain = visitors(java_script_enabled=False, storage_state=page.context.storage_state())
    plain.goto(f"{server.url}{result.get_absolute_url()}")
    plain.get_by_role("link", name="Print").click()
    expect(plain.locator(".print-head")).to_contain_text("Bob Wilson")
    expect(plain.get_by_role("navigation")).to_have_count(0)
    expect(plain.get_by_text("Critical high", exact=True)).to_be_visible()
    plain.get_by_role("link", name="Back", exact=True).click()
    expect(plain.get_by_role("heading", name="Review")).to_be_visible()


def test_the_view_for_paper_asks_the_browser_to_print(visitors, server, cast):
    result = pictured(cast)
    page = visitors()
    page.add_init_script("window.print = () => { window.asked = true; }")
    sign_in(page, server, cast.bob)
    page.goto(f"{server.url}{result.get_absolute_url()}?print")
    page.wait_for_function("window.asked")
