"""How far a result and an order have come."""

from django.db import models


class ResultStatus(models.TextChoices):
    """What a row was recorded as. It stays: a later row supersedes it."""

    PRELIMINARY = "preliminary", "Preliminary"
    FINAL = "final", "Final"
    CORRECTED = "corrected", "Corrected"
    CANCELLED = "cancelled", "Cancelled"


class OrderStatus(models.TextChoices):
    ORDERED = "ordered", "Ordered"
    COLLECTED = "collected", "Collected"
    RESULTED = "resulted", "Resulted"
    CANCELLED = "cancelled", "Cancelled"


OPEN_ORDERS = (OrderStatus.ORDERED, OrderStatus.COLLECTED)
