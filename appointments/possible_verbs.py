"""What a person may do with an appointment just now, so that pages offer nothing else. The verbs themselves decide."""

from collections.abc import Callable

from accounts.models import User
from accounts.refusals import Refused
from appointments.models import Appointment
from appointments.statuses import Status

VERBS = {
    Status.CONFIRMED: "confirm",
    Status.IN_PROGRESS: "start",
    Status.COMPLETED: "complete",
    Status.CANCELLED: "cancel",
    Status.NO_SHOW: "no_show",
}


def offered(appointment: Appointment, user: User) -> list[str]:
    """Names of verbs, in the order in which one reaches for them."""
    arrival = ["check_in"] if appointment.checked_in_at is None and _goes(appointment.refuse_arrival, user) else []
    correction = ["correct_no_show"] if _goes(appointment.refuse_correction, user) else []
    move = ["move"] if _goes(appointment.refuse_move, user) else []
    steps = [VERBS[step] for step in appointment.steps_for(user)]
    ends = [verb for verb in steps if verb in ("cancel", "no_show")]
    return [*arrival, *(verb for verb in steps if verb not in ends), *correction, *move, *ends]


def _goes(refuse: Callable[[User], None], user: User) -> bool:
    try:
        refuse(user)
    except Refused:
        return False
    return True
