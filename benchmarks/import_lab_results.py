"""How fast results are imported, and in how much memory: on real PostgreSQL and Redis, in a database of its own.

python benchmarks/import_lab_results.py [--results 10000] [--patients 500] [--critical-every 20]
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthhub.settings")
os.environ.setdefault("HEALTHHUB_DATA", str(ROOT / ".data" / "benchmark"))
os.environ.setdefault("LOG_LEVEL", "WARNING")

import django  # noqa: E402

HEAD = "message_id,patient,birth_date,doctor,test,name,value,unit"
BORN = date(1970, 1, 1)
DOCTORS = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", type=int, default=10_000)
    parser.add_argument("--patients", type=int, default=500)
    parser.add_argument("--critical-every", type=int, default=20)
    asked = parser.parse_args()
    django.setup()
    from django.db import connection

    from healthhub import embedded

    with embedded.servers():
        connection.settings_dict["TEST"]["NAME"] = "healthhub_benchmark"
        before = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        try:
            run(asked.results, asked.patients, asked.critical_every)
        finally:
            connection.creation.destroy_test_db(before, verbosity=0)


def run(results: int, patients: int, critical_every: int) -> None:
    from accounts.models import User
    from labs.imports.run import go_through
    from labs.models import CsvImport, LabResult
    from notifications.models import Alert, Notification

    people = {"first_name": "A", "last_name": "Person"}
    administrator = User.objects.create_user("admin@example.com", is_staff=True, **people)
    laboratory = User.objects.create_user("lab@example.com", is_laboratory=True, **people)
    with tempfile.TemporaryFile() as file:
        for line in lines(results, make_patients(patients), make_doctors(), critical_every):
            file.write(f"{line}\n".encode())
        size = file.tell()
        file.seek(0)
        print(f"{results} results in {size / 1e6:.1f} MB, {patients} patients, one of {critical_every} critical")
        print(f"before: peak {peak():.0f} MB")
        begun = time.monotonic()
        taken = CsvImport.take_in(file, name="benchmark.csv", sender=laboratory, by=administrator)
    print(f"read and kept in {time.monotonic() - begun:.1f} s, peak {peak():.0f} MB")
    taken.start(by=administrator, in_worker=False)
    begun, worked = time.monotonic(), time.process_time()
    go_through(taken, after_each=Teller(begun).one_more)
    spent, worked = time.monotonic() - begun, time.process_time() - worked
    critical = LabResult.objects.filter(critical=True).count()
    told = Notification.objects.filter(type="critical_lab_result").count()
    print(f"{taken.tally}")
    print(f"{results} in {spent:.0f} s: {results / spent:.1f} a second, {1000 * spent / results:.1f} ms each")
    print(f"of which this process worked {1000 * worked / results:.1f} ms; the rest is waiting, and other programs")
    print(f"{critical} critical, {told} notifications of them, {Alert.objects.count()} alerts, peak {peak():.0f} MB")


class Teller:
    """A line at each thousand."""

    def __init__(self, begun: float) -> None:
        self.done, self.last = 0, begun

    def one_more(self) -> bool:
        self.done += 1
        if self.done % 1000 == 0:
            now = time.monotonic()
            print(f"{self.done:6} {1000 / (now - self.last):6.1f} a second, peak {peak():.0f} MB", flush=True)
            self.last = now
        return True


def peak() -> float:
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)


def make_patients(count: int) -> list[str]:
    from accounts.models import Patient, User

    made = []
    for number in range(count):
        user = User.objects.create_user(f"p{number}@example.com", first_name="Pat", last_name=f"Number {number}")
        patient = Patient.objects.create(user=user, date_of_birth=BORN, sex="female")
        patient.refresh_from_db()
        made.append(patient.display_id)
    return made


def make_doctors() -> list[str]:
    from accounts.models import Doctor, User

    for number in range(DOCTORS):
        user = User.objects.create_user(f"d{number}@example.com", first_name="Doc", last_name=f"Number {number}")
        Doctor.objects.create(user=user, specialization="General practice", license_number=f"L-{number}")
    return [f"L-{number}" for number in range(DOCTORS)]


def lines(results: int, patients: list[str], doctors: list[str], critical_every: int) -> Iterator[str]:
    random = Random(7)
    yield HEAD
    for number in range(results):
        about = f"m-{number},{random.choice(patients)},{BORN},{doctors[number % len(doctors)]},BMP"
        potassium = 7.1 if number % critical_every == 0 else random.uniform(3.6, 5.0)
        yield f"{about},Potassium,{potassium:.1f},mmol/L"
        yield f"{about},Sodium,{random.randint(136, 144)},mmol/L"
        yield f"{about},Creatinine,{random.uniform(0.6, 1.0):.2f},mg/dL"


if __name__ == "__main__":
    main()
