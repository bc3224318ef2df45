"""Will monitor: what a doctor means to look at again comes back on its day, and goes when it is done."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Patient
from accounts.refusals import IllegalStep, NotAllowed
from labs.follow_ups import FURTHEST
from labs.models import LabFollowUp, LabReview
from tests.labs.making import recorded

pytestmark = pytest.mark.django_db


def tomorrow():
    return timezone.localdate() + timedelta(days=1)


def monitored(cast, **changes):
    result = recorded(cast)
    result.review_with(
        by=cast.smith.user, **{"monitor_until": tomorrow(), "monitor_note": "Potassium again", **changes}
    )
    return LabFollowUp.objects.get(review__result=result)


def due(follow_up):
    LabFollowUp.objects.filter(pk=follow_up.pk).update(due=timezone.localdate())
    follow_up.refresh_from_db()
    return follow_up


def test_a_review_may_bring_the_result_back_on_a_day(cast):
    follow_up = monitored(cast)
    assert (follow_up.doctor, follow_up.patient, follow_up.due) == (cast.smith, cast.bob, tomorrow())
    assert list(LabFollowUp.objects.due_for(cast.smith)) == []
    due(follow_up)
    assert list(LabFollowUp.objects.due_for(cast.smith)) == [follow_up]


def test_an_administrator_who_is_the_patient_reads_none_about_them(cast, signed_in):
    Patient.objects.create(user=cast.admin, date_of_birth=date(1980, 1, 1))
    result = recorded(cast, patient=cast.admin.patient, by=cast.laboratory)
    result.review_with(by=cast.smith.user, notes="Seen", monitor_until=tomorrow(), monitor_note="Tell her gently")
    assert list(LabFollowUp.objects.visible_to(cast.admin)) == []
    assert "Tell her gently" not in signed_in(cast.admin).get("/admin/labs/labfollowup/").content.decode()


@pytest.mark.parametrize("days", [-1, 0, FURTHEST.days + 1])
def test_the_day_lies_ahead_and_not_too_far_and_a_wrong_one_leaves_no_review(cast, days):
    with pytest.raises(ValidationError) as error:
        monitored(cast, monitor_until=timezone.localdate() + timedelta(days=days))
    assert "monitor_until" in error.value.message_dict
    assert not LabReview.objects.exists()


@pytest.mark.parametrize("note", ["x" * 501, "a\x00"])
def test_the_note_can_be_kept(cast, note):
    with pytest.raises(ValidationError) as error:
        monitored(cast, monitor_note=note)
    assert "monitor_note" in error.value.message_dict


def test_a_follow_up_that_is_done_leaves_the_worklist_once(cast):
    follow_up = due(monitored(cast))
    follow_up.done(by=cast.smith.user)
    assert list(LabFollowUp.objects.due_for(cast.smith)) == []
    with pytest.raises(IllegalStep):
        follow_up.done(by=cast.smith.user)


@pytest.mark.parametrize("who", ["brown", "bob", "charlie", "admin", "laboratory"])
def test_nobody_else_says_that_it_is_done(cast, who):
    follow_up, person = monitored(cast), getattr(cast, who)
    with pytest.raises(NotAllowed, match=r"Dr\. Jane Smith"):
        follow_up.done(by=getattr(person, "user", person))


def test_the_database_knows_who_was_done_by(cast):
    follow_up = monitored(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        LabFollowUp.objects.filter(pk=follow_up.pk).update(done_at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_done_refreshes_the_doctors_pages(cast, outbox):
    follow_up = monitored(cast)
    outbox.clear()
    follow_up.done(by=cast.smith.user)
    assert outbox == [{"channel": f"user:{cast.smith.pk}:session", "type": "refresh", "topic": "lab_results"}]


def test_what_is_due_stands_on_the_doctors_home_and_worklist_alone(cast, signed_in):
    due(monitored(cast))
    doctor = signed_in(cast.smith)
    assert "1 to look at again" in doctor.get("/").content.decode()
    assert "Potassium again" in doctor.get("/lab-results/?show=review").content.decode()
    for other in (cast.brown, cast.bob, cast.charlie):
        for path in ("/", "/lab-results/"):
            assert "Potassium again" not in signed_in(other).get(path).content.decode()


def test_the_review_form_takes_the_day_and_the_page_its_end(cast, signed_in):
    result, doctor = recorded(cast), signed_in(cast.smith)
    path = result.get_absolute_url()
    wrong = doctor.post(f"{path}review/", {"notes": "ok", "monitor_until": "2020-01-01"})
    assert "Choose a day from tomorrow" in wrong.content.decode()
    assert doctor.post(f"{path}review/", {"monitor_until": str(tomorrow()), "monitor_note": "x"}).status_code == 302
    assert "Follow-up is done" in doctor.get(path).content.decode()
    follow_up = LabFollowUp.objects.get()
    assert signed_in(cast.charlie).post(f"/lab-results/follow-ups/{follow_up.pk}/done/").status_code == 404
    assert doctor.post(f"/lab-results/follow-ups/{follow_up.pk}/done/").status_code == 302
    follow_up.refresh_from_db()
    assert follow_up.done_by == cast.smith.user
    assert "Follow-up" not in signed_in(cast.bob).get(path).content.decode()


def test_the_api_plans_lists_and_ends_a_follow_up(cast, api):
    result, client = recorded(cast), api(cast.smith)
    body = {"notes": "ok", "monitor_until": str(tomorrow()), "monitor_note": "x"}
    assert client.post(f"/api/v1/lab-results/{result.pk}/review", body).status_code == 200
    (row,) = client.get("/api/v1/lab-follow-ups").json()["results"]
    assert (row["result_id"], row["due"], row["done_at"]) == (str(result.pk), str(tomorrow()), None)
    done = f"/api/v1/lab-follow-ups/{row['id']}/done"
    assert api(cast.admin).post(done).status_code == 403
    assert client.post(done).json()["done_at"].endswith("Z")
    assert client.post(done).status_code == 409
    for stranger in (cast.charlie, cast.bob, cast.brown, cast.laboratory):
        assert api(stranger).get("/api/v1/lab-follow-ups").json()["results"] == []
        assert api(stranger).post(done).status_code == 404


@pytest.mark.parametrize("day", ["x", "2020-01-01", "9999-12-31", "0001-01-01", 5])
def test_the_api_refuses_a_day_that_cannot_be(cast, api, day):
    result = recorded(cast)
    answer = api(cast.smith).post(f"/api/v1/lab-results/{result.pk}/review", {"monitor_until": day})
    assert answer.status_code == 400
    assert "monitor_until" in answer.json()["errors"]
