from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from accounts.access import register_ground
        from notifications import signals  # noqa: F401  # receivers connect when they are imported
        from notifications.models import Alert

        register_ground("open alerts", Alert.objects.patients_of_open_ones_that_reached)
