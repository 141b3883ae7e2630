"""Log-in and log-out."""

from __future__ import annotations

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView

log_in = LoginView.as_view(
    template_name="access/log_in.html",
    authentication_form=AuthenticationForm,
    redirect_authenticated_user=True,
)
log_out = LogoutView.as_view()
