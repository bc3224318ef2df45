"""The components of templates/ui/: one tag each, so that every page says a thing in the same way."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms, template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

STATUS_MARKS = {
    "requested": ("action", "action"),
    "confirmed": ("good", "calendar"),
    "in_progress": ("good", "new"),
    "completed": ("", "check"),
    "cancelled": ("", "close"),
    "no_show": ("", "close"),
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing beside words; it says nothing by itself."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("img/icons.svg"), name)


@register.simple_tag
def mark(kind: str, words: str, name: str = "") -> SafeString:
    """A state as icon and word: `{% mark "critical" "Critical high" %}`."""
    names = {
        "good": "check",
        "action": "action",
        "critical": "critical",
        "unknown": "unknown",
        "outside": "up",
    }
    return format_html('<span class="mark {}">{}{}</span>', kind, icon(name or names.get(kind, "new")), words)


@register.simple_tag
def status_mark(thing: Any) -> SafeString:
    """The status of an appointment."""
    if thing.needs_another_doctor:
        return mark("action", "Needs another doctor")
    if thing.asks_who_has_left:
        return mark("action", "Doctor has left")
    kind, name = STATUS_MARKS[thing.status]
    return mark(kind, thing.get_status_display(), name)


STATE_MARKS = {
    "active": ("good", "check"),
    "on_hold": ("action", "action"),
    "stopped": ("", "close"),
    "completed": ("", "check"),
    "expired": ("", "check"),
    "entered_in_error": ("", "close"),
}


@register.simple_tag
def state_mark(prescription: Any) -> SafeString:
    """What a prescription is now."""
    kind, name = STATE_MARKS[prescription.state]
    return mark(kind, prescription.state.label, name)


SEVERITY_MARKS = {
    "contraindicated": ("outside", "critical"),
    "major": ("action", "action"),
    "moderate": ("", "new"),
    "minor": ("bare", "new"),
}


@register.simple_tag
def severity_mark(severity: str) -> SafeString:
    """How bad what an alert speaks of would be. Red is for critical results alone."""
    kind, name = SEVERITY_MARKS[severity]
    return mark(kind, severity.capitalize(), name)


CHECK_MARKS = {
    "clear": ("good", "Checked, clear"),
    "alerts": ("action", "Alerts"),
    "not_checked": ("unknown", "Not checked"),
}


@register.simple_tag
def check_mark(status: str) -> SafeString:
    """The state of a check of medications, one of three; an empty one was not made."""
    kind, words = CHECK_MARKS[status or "not_checked"]
    return mark(kind, words)


@register.filter
def each_once(texts: Iterable[str]) -> list[str]:
    """In their order, without what was said before."""
    return list(dict.fromkeys(texts))


@register.filter
def moment_of(text: str) -> datetime | None:
    """A time as the wire has it, "2026-01-01T10:00:00Z"."""
    return parse_datetime(text)


@register.filter
def clinic_time(moment: datetime | None) -> str:
    """Day and time by the clinic's clock; the year only where it is another one."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    year = "" if local.year == timezone.localtime().year else " Y"
    return f"{date_format(local, f'D j M{year}')}, {clock(moment)}"


@register.filter
def clock(moment: datetime | None, seconds: str = "") -> str:
    """The time alone; in the hour that the clock shows twice in a year, with the zone that tells which."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    shown_twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return date_format(local, f"H:i{seconds}") + (f" {zone(moment)}" if shown_twice else "")


@register.filter
def zone(moment: datetime | None) -> str:
    """What the clinic's zone is called then. Django's own `date:"T"` is silent in the hour that is shown twice."""
    return timezone.localtime(moment).tzname() or "" if moment else ""


@register.filter
def clinic_moment(moment: datetime | None) -> str:
    """To the second: where it matters what came before what."""
    return f"{clinic_day(moment)}, {clock(moment, ':s')}" if moment else ""


@register.filter
def clinic_day(moment: datetime | None) -> str:
    return clinic_time(moment).rpartition(",")[0]


@register.filter
def full_time(moment: datetime | None) -> str:
    """ "Tue 3 March, 10:00": what a button promises."""
    return f"{date_format(timezone.localtime(moment), 'D j F')}, {clock(moment)}" if moment else ""


@register.filter
def relative(moment: datetime | None) -> str:
    """ "in 3 days", "6 min ago": beside the absolute time, never instead of it. Days are counted by the date."""
    if moment is None:
        return ""
    now = timezone.now()
    gap = moment - now
    days = abs((timezone.localdate(moment) - timezone.localdate(now)).days)
    words = waited(timedelta(days=days) if abs(gap) >= timedelta(days=1) else abs(gap))
    if words == "just now":
        return words
    return f"in {words}" if gap > timedelta(0) else f"{words} ago"


@register.filter
def waiting(moment: datetime | None) -> str:
    """How long something waits: "6 min", "2 h 05", "3 days"."""
    return waited(timezone.now() - moment) if moment else ""


def waited(gap: timedelta) -> str:
    minutes = int(gap.total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return f"{minutes // 60} h {minutes % 60:02d}"
    days = minutes // (24 * 60)
    return f"{days} day{'s' if days > 1 else ''}"


@register.inclusion_tag("ui/patient_strip.html")
def patient_strip(patient: Any, may_open: bool = True) -> dict[str, Any]:
    """Whose page this is: name, birth date, sex and record number, on every page about a patient."""
    return {"patient": patient, "may_open": may_open}


@register.inclusion_tag("ui/pages.html", takes_context=True)
def pages(context: dict[str, Any], page_obj: Any) -> dict[str, Any]:
    query = context["request"].GET.copy()
    query.pop("page", None)
    return {"page_obj": page_obj, "query": query.urlencode()}


@register.inclusion_tag("ui/error_summary.html")
def error_summary(form: forms.BaseForm) -> dict[str, Any]:
    return {"form": form}


@register.inclusion_tag("ui/field.html")
def field(bound: forms.BoundField, label: str = "") -> dict[str, Any]:
    """Label, hint, error and input, tied together for those who cannot see that they belong together."""
    described = [f"{bound.auto_id}-hint"] if bound.help_text else []
    described += [f"{bound.auto_id}-error"] if bound.errors else []
    attributes: dict[str, str | bool] = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    is_choice = isinstance(bound.field.widget, forms.CheckboxInput)
    return {
        "bound": bound,
        "label": label or bound.label,
        "input": bound.as_widget(attrs=attributes),
        "is_choice": is_choice,
        "is_group": isinstance(bound.field.widget, forms.RadioSelect),
        "described": " ".join(described),
        "optional": not bound.field.required and not is_choice and "leave this out" not in str(bound.label),
    }
