from django.apps import AppConfig


class HealthHubConfig(AppConfig):
    name = "healthhub"
    verbose_name = "HealthHub"
