from django.apps import AppConfig


class LabsConfig(AppConfig):
    name = "labs"
    verbose_name = "Lab results"

    def ready(self) -> None:
        from accounts.access import register_ground
        from labs import signals  # noqa: F401  # receivers connect when they are imported
        from labs.models import LabResult

        register_ground(
            "lab results",
            lambda doctor_id: LabResult.objects.filter(doctor_id=doctor_id).values("patient_id"),
        )
