"""The two pages that are measured against ours."""

from django.urls import path

from bench.pages.django_peer import views

urlpatterns = [
    path("explore", views.explore, name="explore"),
    path("mentors/<str:public_id>", views.nothing, name="mentor"),
    path("mentors/<str:public_id>/book", views.nothing, name="book"),
    path("portrait/<str:public_id>.svg", views.nothing, name="portrait"),
    path("empty", views.nothing_at_all, name="empty"),
]
