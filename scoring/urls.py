"""Addresses of the score page."""

from django.urls import include, path

from scoring import views

urlpatterns = [
    path("", views.scores, name="scores"),
    path("then/", views.backtest, name="score-backtest"),
    path("then/leads.csv", views.backtest_file, name="score-backtest-file"),
    path("free-consulting/", views.free_consulting, name="score-free"),
    path("", include("scoring.urls_points")),
    path("", include("scoring.urls_fields")),
    path("versions/<int:pk>/return/", views.return_to, name="score-return"),
    path("curve/return/", views.return_to_curve, name="score-return-curve"),
    path("points/return/", views.return_to_points, name="score-return-points"),
]
