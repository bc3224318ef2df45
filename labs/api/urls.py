from django.urls import re_path

from labs.api import life_views, order_views, release_views, views

urlpatterns = [
    re_path(r"^lab-results/?$", views.LabResults.as_view()),
    re_path(r"^lab-results/sign-off/?$", life_views.SignOffMany.as_view()),
    re_path(r"^lab-results/withheld/?$", release_views.WithheldResults.as_view()),
    re_path(r"^lab-results/(?P<pk>[^/]+)/?$", views.OneLabResult.as_view()),
    re_path(r"^lab-results/(?P<pk>[^/]+)/review/?$", views.Review.as_view()),
    re_path(r"^lab-results/(?P<pk>[^/]+)/finalise/?$", life_views.Amend.as_view(verb="finalise")),
    re_path(r"^lab-results/(?P<pk>[^/]+)/correct/?$", life_views.Amend.as_view(verb="correct")),
    re_path(r"^lab-results/(?P<pk>[^/]+)/cancel/?$", life_views.Amend.as_view(verb="cancel")),
    re_path(r"^lab-results/(?P<pk>[^/]+)/hold/?$", release_views.Hold.as_view()),
    re_path(r"^lab-results/(?P<pk>[^/]+)/lift-hold/?$", release_views.LiftHold.as_view()),
    re_path(r"^lab-results/(?P<pk>[^/]+)/show-now/?$", release_views.ShowNow.as_view()),
    re_path(r"^lab-holds/?$", release_views.Holds.as_view()),
    re_path(r"^patients/(?P<pk>[^/]+)/result-preferences/?$", release_views.ResultPreferences.as_view()),
    re_path(r"^lab-follow-ups/?$", life_views.FollowUps.as_view()),
    re_path(r"^lab-follow-ups/(?P<pk>[^/]+)/done/?$", life_views.FollowUpDone.as_view()),
    re_path(r"^lab-orders/?$", order_views.LabOrders.as_view()),
    re_path(r"^lab-orders/(?P<pk>[^/]+)/?$", order_views.OneLabOrder.as_view()),
    re_path(r"^lab-orders/(?P<pk>[^/]+)/collect/?$", order_views.Collect.as_view()),
    re_path(r"^lab-orders/(?P<pk>[^/]+)/cancel/?$", order_views.CancelOrder.as_view()),
]
