from django.apps import AppConfig


class PrescriptionsConfig(AppConfig):
    name = "prescriptions"

    def ready(self) -> None:
        from accounts.access import register_ground
        from prescriptions import check_signals, signals  # noqa: F401  # receivers connect when they are imported
        from prescriptions.models import Prescription

        register_ground(
            "prescriptions",
            lambda doctor_id: Prescription.objects.filter(doctor_id=doctor_id).values("patient_id"),
        )
