from django.apps import AppConfig


class PrescriptionsConfig(AppConfig):
    name = "prescriptions"

    def ready(self) -> None:
        from accounts.access import register_ground
        from accounts.leaving import register_left_behind
        from prescriptions import check_signals, signals  # noqa: F401  # receivers connect when they are imported
        from prescriptions.models import Prescription, RefillRequest
        from prescriptions.passing_on import left_behind

        register_ground(
            "prescriptions",
            lambda doctor_id: Prescription.objects.filter(doctor_id=doctor_id).values("patient_id"),
        )
        register_ground(
            "refills that were asked of the cover",
            lambda doctor_id: RefillRequest.objects.seen_as_cover(doctor_id).values("prescription__patient_id"),
        )
        register_ground(
            "prescriptions of which a re-check told the cover",
            lambda doctor_id: Prescription.objects.seen_as_cover(doctor_id).values("patient_id"),
        )
        register_left_behind("refills", left_behind)
