"""The demo's laboratory: results arrive by themselves, and now and then a critical one."""

import pytest
from django.core.management import CommandError, call_command

from healthhub.demo_seed import seed
from labs.models import LabResult
from notifications.channels import doctor_channel
from notifications.models import Alert, Notification

pytestmark = pytest.mark.django_db
FAST = "--rate=20/s"


@pytest.fixture
def demo(catalogue):
    assert seed() is True


def results_of(count, capsys, **options):
    before = set(LabResult.objects.values_list("pk", flat=True))
    call_command("simulate_lab", FAST, count=count, **options)
    return LabResult.objects.exclude(pk__in=before), capsys.readouterr().out


def test_results_arrive_one_after_another_and_each_is_told(demo, capsys):
    made, said = results_of(5, capsys)
    assert made.count() == 5
    assert said.count("\n") == 5


def test_the_third_is_critical_and_opens_an_alert_of_its_own_doctor(demo, capsys):
    before = Alert.objects.count()
    made, said = results_of(3, capsys)
    critical = made.get(critical=True)
    assert "6.6 g/dL  CRITICAL" in said.splitlines()[2]
    assert Alert.objects.count() == before + 1
    told = Notification.objects.filter(stream=doctor_channel(critical.doctor_id), type="critical_lab_result")
    assert told.filter(body__result_id=str(critical.pk)).exists()


def test_every_value_is_classified_and_the_same_analyte_comes_again(demo, capsys):
    made, _ = results_of(7, capsys)
    entries = [entry for result in made for entry in result.entries]
    assert all(entry["flag"] for entry in entries)
    assert sum(entry["name"] == "Potassium" for entry in entries) >= 4


def test_the_same_seed_gives_the_same_values(demo, capsys):
    _, first = results_of(4, capsys, seed=7)
    _, again = results_of(4, capsys, seed=7)
    assert [line[10:] for line in first.splitlines()] == [line[10:] for line in again.splitlines()]


@pytest.mark.parametrize("count", ["-1", "x", "1.5", "9" * 30])
def test_a_count_that_is_none_is_one_clear_line(count):
    with pytest.raises(CommandError, match="write how many results"):
        call_command("simulate_lab", FAST, f"--count={count}")


@pytest.mark.parametrize("rate", ["6", "0/min", "fast", "-1/s", "9999/s", "6/day"])
def test_a_rate_that_is_none_is_one_clear_line(rate):
    with pytest.raises(CommandError, match="write a rate like 6/min"):
        call_command("simulate_lab", f"--rate={rate}", "--count=1")


def test_beside_real_people_it_does_nothing(cast):
    assert cast.alice
    with pytest.raises(CommandError, match="needs the demo's people"):
        call_command("simulate_lab", count=1)
    assert not LabResult.objects.exists()
