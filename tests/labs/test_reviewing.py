"""The worklist in its order, and signing normal results together."""

import pytest

from labs.models import LabResult, LabReview
from labs.normality import is_abnormal, is_all_normal
from notifications.models import Alert
from tests.labs.making import UNCLASSIFIED, classified, recorded

pytestmark = pytest.mark.django_db
SIGN_OFF = "/lab-results/sign-off/"


# --- what a result says as a whole ------------------------------------------------------------------


@pytest.mark.parametrize(
    "flags, abnormal, all_normal",
    [
        (["N"], False, True),
        (["N", "N"], False, True),
        (["N", None], False, False),
        ([None], False, False),
        (["?"], False, False),
        (["N", "H"], True, False),
        *(([flag], True, False) for flag in ("L", "H", "LL", "HH", "A", "AA")),
    ],
)
def test_a_value_that_was_not_classified_is_never_normal(flags, abnormal, all_normal):
    entries = [{"name": "x", "value": "1", "flag": flag} for flag in flags]
    assert (is_abnormal(entries), is_all_normal(entries)) == (abnormal, all_normal)


def test_entries_without_flags_and_no_entries_are_not_normal():
    assert not is_all_normal([{"name": "x", "value": "1"}])
    assert not is_all_normal([])


# --- the worklist -----------------------------------------------------------------------------------


def test_the_worklist_has_critical_first_then_abnormal_then_the_oldest(cast):
    old, new = recorded(cast), recorded(cast)
    abnormal = classified(recorded(cast), normal=False)
    critical = recorded(cast, critical=True, result_data=UNCLASSIFIED)
    both = classified(recorded(cast, critical=True), normal=False)
    assert list(LabResult.objects.to_review_by(cast.smith)) == [both, critical, abnormal, old, new]


def test_the_page_of_the_worklist_has_that_order_too(cast, signed_in):
    for test_type, normal in (("Plain", None), ("Abnormal one", False)):
        result = recorded(cast, test_type=test_type)
        if normal is False:
            classified(result, normal=False)
    recorded(cast, test_type="Critical one", critical=True)
    page = signed_in(cast.smith).get("/lab-results/?show=review").content.decode()
    assert page.index("Critical one") < page.index("Abnormal one") < page.index("Plain")


def test_a_row_of_the_worklist_has_the_worst_value_with_its_flag(cast, signed_in):
    values = {"Sodium": "140", "Potassium": "7.1", "Chloride": "110"}
    recorded(cast, result_data=values)
    recorded(cast, result_data={"Sodium": "150", "Chloride": "100"})
    recorded(cast, result_data={"Sodium": "140"})
    recorded(cast)
    for path in ("/lab-results/?show=review", "/"):
        page = signed_in(cast.smith).get(path).content.decode()
        for words in (
            "</svg>Critical high</span>",
            "Potassium 7.1 <small>mmol/L",
            "BMP, 1 critical, 1 outside the range, 1 in range",
            'Sodium 150 <small>mmol/L</small></span><span class="mark outside">',
            "</svg>Sign off</span>",
            "</svg>Not classified</span>",
        ):
            assert words in page


def test_what_only_its_sender_called_critical_is_critical_on_the_worklist(cast, signed_in):
    recorded(cast, critical=True, result_data=UNCLASSIFIED)
    page = signed_in(cast.smith).get("/lab-results/?show=review").content.decode()
    assert "</svg>Critical</span>" in page
    assert "</svg>Not classified</span>" in page


# --- signing together -------------------------------------------------------------------------------


def test_normal_results_are_signed_together_and_each_has_its_review(cast):
    results = [classified(recorded(cast)) for _ in range(3)]
    report = LabResult.sign_off(results, by=cast.smith.user)
    assert (report.signed, report.refused) == (results, [])
    assert LabReview.objects.filter(by=cast.smith.user).count() == 3


@pytest.mark.parametrize(
    "made",
    [
        lambda cast: recorded(cast),
        lambda cast: classified(recorded(cast), normal=False),
        lambda cast: classified(recorded(cast, critical=True)),
    ],
    ids=["not classified", "abnormal", "critical"],
)
def test_what_is_not_known_to_be_normal_is_refused_and_the_others_go_through(cast, made):
    other, plain = made(cast), classified(recorded(cast))
    report = LabResult.sign_off([other, plain], by=cast.smith.user)
    assert report.signed == [plain]
    assert [result for result, _ in report.refused] == [other]
    assert "review it by itself" in report.refused[0][1]


@pytest.mark.parametrize("who", ["brown", "bob", "charlie", "admin", "laboratory"])
def test_nobody_but_the_ordering_doctor_signs(cast, who):
    result, person = classified(recorded(cast)), getattr(cast, who)
    assert LabResult.sign_off([result], by=getattr(person, "user", person)).signed == []
    assert not LabReview.objects.exists()


def test_what_was_signed_or_superseded_meanwhile_is_reported(cast):
    signed, old = classified(recorded(cast)), classified(recorded(cast))
    signed.review_with(by=cast.smith.user)
    old.correct(by=cast.admin, reason="Haemolysed")
    report = LabResult.sign_off([signed, old], by=cast.smith.user)
    assert report.signed == []
    assert ["already" in report.refused[0][1], "newer one" in report.refused[1][1]] == [True, True]


def test_the_page_offers_only_normal_results_and_says_how_many_and_whose(cast, signed_in):
    for patient in (cast.bob, cast.alice):
        classified(recorded(cast, patient=patient))
    recorded(cast, test_type="Unclassified")
    page = signed_in(cast.smith).get(SIGN_OFF).content.decode()
    assert "2 results of 2 patients" in page
    assert "Unclassified" not in page
    assert "Sign 2 normal" in signed_in(cast.smith).get("/lab-results/").content.decode()


def test_the_page_signs_what_is_ticked_and_reports_the_rest(cast, signed_in):
    plain, unclassified = classified(recorded(cast)), recorded(cast, test_type="TSH")
    client = signed_in(cast.smith)
    page = client.post(SIGN_OFF, {"result": [plain.pk, unclassified.pk, "x"]}, follow=True).content.decode()
    assert "1 result signed: BMP of Bob Wilson" in page
    assert "TSH of Bob Wilson: Not every value" in page
    assert "No result was chosen" in client.post(SIGN_OFF, {}, follow=True).content.decode()


@pytest.mark.parametrize("who", ["bob", "admin", "charlie"])
def test_the_page_is_for_doctors(cast, signed_in, who):
    assert signed_in(getattr(cast, who)).get(SIGN_OFF).status_code == 403


def test_the_stranger_signs_nothing_on_the_page(cast, signed_in):
    result = classified(recorded(cast))
    signed_in(cast.brown).post(SIGN_OFF, {"result": [result.pk]})
    assert not LabReview.objects.exists()


def test_the_api_signs_and_answers_for_each(cast, api):
    plain, unclassified, hidden = (
        classified(recorded(cast)),
        recorded(cast),
        classified(recorded(cast, doctor=cast.brown)),
    )
    body = {"ids": [str(result.pk) for result in (plain, unclassified, hidden)]}
    answer = api(cast.smith).post("/api/v1/lab-results/sign-off", body).json()
    assert answer["signed"] == [str(plain.pk)]
    assert {row["id"] for row in answer["refused"]} == {str(unclassified.pk), str(hidden.pk)}
    stranger = api(cast.charlie).post("/api/v1/lab-results/sign-off", body).json()
    assert (stranger["signed"], {row["detail"] for row in stranger["refused"]}) == (
        [],
        {"There is no such result that you may see."},
    )


@pytest.mark.parametrize("ids", [None, [], "x", ["x"], ["00000000-0000-4000-8000-000000000000"] * 101])
def test_the_api_refuses_a_list_that_is_none(cast, api, ids):
    assert api(cast.smith).post("/api/v1/lab-results/sign-off", {"ids": ids}).status_code == 400


def test_a_critical_result_is_answered_with_words_only(cast, api, signed_in):
    result = recorded(cast, critical=True)
    answer = api(cast.smith).post(f"/api/v1/lab-results/{result.pk}/review", {"notes": "  "})
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"notes": ["This result is critical: say what you did about it."]}
    page = signed_in(cast.smith).post(f"/lab-results/{result.pk}/review/", {"notes": ""})
    assert "say what you did about it" in page.content.decode()
    assert not Alert.objects.filter(closed_at__isnull=False).exists()
    result.review_with(by=cast.smith.user, notes="Calcium gluconate given.")
    assert not Alert.objects.open().exists()


def test_the_form_says_that_notes_may_be_left_out_only_where_they_may(cast, signed_in):
    for critical, count in ((True, 2), (False, 3)):
        page = signed_in(cast.smith).get(recorded(cast, critical=critical).get_absolute_url()).content.decode()
        assert page.count("(may be left out)") == count
