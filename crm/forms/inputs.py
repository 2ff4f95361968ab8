"""Inputs that several forms share."""

from typing import Any

from django import forms


class DateInput(forms.DateInput):
    """A date that the browser helps to pick."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        """Speak ISO, which is what browsers expect."""
        super().__init__(attrs, format="%Y-%m-%d")
