from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    name = "appointments"

    def ready(self) -> None:
        from accounts.access import register_ground
        from accounts.leaving import register_left_behind
        from appointments import (  # noqa: F401  # receivers connect when they are imported
            reminder_signals,
            signals,
            wait_list_signals,
            without_doctor_signals,
        )
        from appointments.models import Appointment, RequestReturn, WaitingEntry
        from appointments.without_doctor import left_behind, requests_left_behind
        from notifications.dispatch import covered_by

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
        register_ground(
            "visits of whom they cover and who has left",
            lambda doctor_id: (
                Appointment.objects.without_doctor()
                .filter(doctor__in=covered_by(doctor_id))
                .order_by()
                .values("patient_id")
            ),
        )
        register_left_behind("visits", left_behind)
        register_left_behind("requests", requests_left_behind)
