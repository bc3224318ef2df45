from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    name = "appointments"

    def ready(self) -> None:
        from accounts.access import register_ground
        from appointments import (  # noqa: F401  # receivers connect when they are imported
            reminder_signals,
            signals,
            wait_list_signals,
        )
        from appointments.models import Appointment, RequestReturn, WaitingEntry

        register_ground(
            "appointments",
            lambda doctor_id: Appointment.objects.filter(doctor_id=doctor_id).values("patient_id"),
        )
        register_ground(
            "wait list",
            lambda doctor_id: WaitingEntry.objects.open().filter(doctor=doctor_id).values("patient_id"),
        )
        register_ground(
            "requests that have come to the cover",
            lambda doctor_id: RequestReturn.objects.standing().filter(to=doctor_id).values("appointment__patient_id"),
        )
