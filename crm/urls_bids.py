"""Addresses of bids."""

from django.urls import path

from crm.views import bids

urlpatterns = [
    path("bids/", bids.bid_list, name="bid-list"),
    path("bids/new/", bids.bid_new, name="bid-new"),
    path("bids/<int:pk>/", bids.bid_detail, name="bid-detail"),
    path("bids/<int:pk>/edit/", bids.bid_edit, name="bid-edit"),
    path("bids/<int:pk>/result/", bids.bid_result, name="bid-result"),
]
