from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.refusals import NotAllowed, Refused
from accounts.web import page_of, person, refusals_into
from labs.models import LabOrder
from labs.order_forms import CancelOrderForm, OrderForm
from labs.release_words import told_each


@require_safe
def order_list(request: HttpRequest) -> HttpResponse:
    return render(request, "labs/orders.html", _list_context(request))


@require_safe
def order_list_partial(request: HttpRequest) -> HttpResponse:
    return render(request, "labs/_orders.html", _list_context(request))


def _list_context(request: HttpRequest) -> dict[str, Any]:
    user, chosen, words = person(request), request.GET.get("show", ""), request.GET.get("q", "")[:100]
    rows = LabOrder.objects.visible_to(user).with_people().search(words)
    return {
        "page_obj": page_of(request, rows.open() if chosen == "open" else rows),
        "chosen": chosen,
        "may_order": user.doctor_or_none is not None,
        "refresh_url": f"{reverse('labs:orders_partial')}?{request.GET.urlencode()}",
    }


def _found(request: HttpRequest, pk: UUID) -> LabOrder:
    found = LabOrder.objects.visible_to(person(request)).with_people().with_steps()
    order: LabOrder = get_object_or_404(found, pk=pk)
    return order


def _order_context(request: HttpRequest, pk: UUID) -> dict[str, Any]:
    order, user = _found(request, pk), person(request)
    return {
        "order": order,
        "results": order.results.visible_to(user).current().with_people(),
        "withheld": told_each(order.results.withheld_from(user).current().with_people()),
        "may_change": order.is_open and order.may_be_changed_by(user),
    }


@require_safe
def order_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    return render(request, "labs/order.html", {**_order_context(request, pk), "form": CancelOrderForm()})


@require_safe
def order_partial(request: HttpRequest, pk: UUID) -> HttpResponse:
    return render(request, "labs/_order.html", _order_context(request, pk))


@require_http_methods(["GET", "POST"])
def place(request: HttpRequest) -> HttpResponse:
    user = person(request)
    try:
        LabOrder.refuse_unless_orderer(user)
    except NotAllowed as refused:
        return render(request, "403.html", {"reason": refused.detail}, status=403)
    form = OrderForm(user, request.POST or None, initial={"patient": request.GET.get("patient")})
    if form.is_valid():
        with refusals_into(form):
            order = LabOrder.place(by=user, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, f"Ordered for {order.patient.full_name}.")
            return redirect(order)
    return render(request, "labs/order_new.html", {"form": form}, status=400 if form.errors else 200)


@require_POST
def collect(request: HttpRequest, pk: UUID) -> HttpResponse:
    order = _found(request, pk)
    try:
        order.collect(by=person(request))
        messages.success(request, "The sample is collected.")
    except Refused as refused:
        messages.error(request, refused.detail)
    return redirect(order)


@require_POST
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    order, form = _found(request, pk), CancelOrderForm(request.POST)
    if form.is_valid():
        with refusals_into(form):
            order.cancel(by=person(request), reason=form.cleaned_data["reason"])
    if not form.is_valid():
        return render(request, "labs/order.html", {**_order_context(request, pk), "form": form}, status=409)
    messages.success(request, "The order is cancelled.")
    return redirect(order)
