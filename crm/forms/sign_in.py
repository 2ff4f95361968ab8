"""The form of the sign-in page."""

from typing import Any

from allauth.account.forms import LoginForm
from django.core.validators import MaxLengthValidator

LONGEST_NAME = 254


class SignInForm(LoginForm):
    """Name or address, and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Refuse names longer than any; SQLite compares no texts of 50,000 letters."""
        super().__init__(*args, **kwargs)
        self.fields["login"].validators.append(MaxLengthValidator(LONGEST_NAME))
