from django.urls import path

from labs import life_views, order_views, release_views, trend_views, views

app_name = "labs"
urlpatterns = [
    path("", views.result_list, name="list"),
    path("partials/list/", views.list_partial, name="list_partial"),
    path("when/", release_views.when, name="when"),
    path("choices/", release_views.choices, name="choices"),
    path("new/", views.new, name="new"),
    path("sign-off/", life_views.sign_off, name="sign_off"),
    path("follow-ups/<uuid:pk>/done/", life_views.follow_up_done, name="follow_up_done"),
    path("orders/", order_views.order_list, name="orders"),
    path("orders/partials/list/", order_views.order_list_partial, name="orders_partial"),
    path("orders/new/", order_views.place, name="order_new"),
    path("orders/<uuid:pk>/", order_views.order_detail, name="order"),
    path("orders/<uuid:pk>/partial/", order_views.order_partial, name="order_partial"),
    path("orders/<uuid:pk>/collect/", order_views.collect, name="order_collect"),
    path("orders/<uuid:pk>/cancel/", order_views.cancel, name="order_cancel"),
    path("trends/<uuid:patient_pk>/", trend_views.patient_values, name="patient_values"),
    path("trends/<uuid:patient_pk>/partial/", trend_views.patient_values_partial, name="patient_values_partial"),
    path("trends/<uuid:patient_pk>/<slug:code>/", trend_views.trend, name="trend"),
    path("trends/<uuid:patient_pk>/<slug:code>/partial/", trend_views.trend_partial, name="trend_partial"),
    path("<uuid:pk>/hold/", release_views.hold, name="hold"),
    path("<uuid:pk>/lift-hold/", release_views.lift_hold, name="lift_hold"),
    path("<uuid:pk>/show-now/", release_views.show_now, name="show_now"),
    path("<uuid:pk>/finalise/", life_views.finalise, name="finalise"),
    path("<uuid:pk>/correct/", life_views.correct, name="correct"),
    path("<uuid:pk>/cancel/", life_views.cancel, name="cancel"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/partial/", views.detail_partial, name="detail_partial"),
    path("<uuid:pk>/review/", views.review, name="review"),
]
