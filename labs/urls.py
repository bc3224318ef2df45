from django.urls import path

from labs import views

app_name = "labs"
urlpatterns = [
    path("", views.result_list, name="list"),
    path("partials/list/", views.list_partial, name="list_partial"),
    path("new/", views.new, name="new"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/partial/", views.detail_partial, name="detail_partial"),
    path("<uuid:pk>/review/", views.review, name="review"),
]
