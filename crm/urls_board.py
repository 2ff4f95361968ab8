"""Addresses of the board."""

from django.urls import path

from crm.views import board

urlpatterns = [
    path("board/", board.board, name="board"),
    path("board/<int:pk>/move/", board.board_move, name="board-move"),
    path("board/<int:pk>/reopen/", board.board_reopen, name="board-reopen"),
]
