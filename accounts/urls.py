from django.urls import path

from accounts import patient_views, views

app_name = "accounts"
urlpatterns = [
    path("", views.account, name="account"),
    path("patients/found/", patient_views.patients_found, name="patients_found"),
    path("sign-in/", views.SignIn.as_view(), name="login"),
    path("sign-out/", views.SignOut.as_view(), name="logout"),
    path("password/", views.PasswordChange.as_view(), name="password_change"),
    path("password/done/", views.PasswordChangeDone.as_view(), name="password_change_done"),
    path("password/reset/", views.PasswordReset.as_view(), name="password_reset"),
    path("password/reset/sent/", views.PasswordResetDone.as_view(), name="password_reset_done"),
    path("password/set/<uidb64>/<token>/", views.PasswordResetConfirm.as_view(), name="password_reset_confirm"),
    path("password/set/done/", views.PasswordResetComplete.as_view(), name="password_reset_complete"),
]
