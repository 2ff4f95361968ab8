"""Addresses of the points: their editor, drafts and versions."""

from django.urls import path

from scoring import points_views

urlpatterns = [
    path("points/", points_views.points, name="score-points"),
    path("paid-late/", points_views.paid_late, name="score-late"),
    path("points/<slug:card>/edit/", points_views.edit, name="points-edit"),
    path("points/drafts/<int:pk>/", points_views.draft, name="points-draft"),
    path("points/drafts/<int:pk>/save/", points_views.save, name="points-save"),
    path("points/drafts/<int:pk>/drop/", points_views.drop, name="points-drop"),
    path("points/drafts/<int:pk>/again/", points_views.again, name="points-again"),
    path("points/drafts/<int:pk>/rebase/", points_views.upon_newest, name="points-rebase"),
    path("points/<slug:card>/<int:number>/return/", points_views.return_to, name="points-return"),
]
