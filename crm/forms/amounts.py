"""The field for a sum of money, which understands how people write one."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from crm import amounts, formats
from crm.amounts import HOME

CENT = Decimal("0.01")


class AmountField(forms.DecimalField):
    """An amount in cents at most, as people write it: 12,000.50, 12万, 1.5亿, ¥12 000.

    A currency may stand beside it as long as it is the one that the field is in, if that is known.
    """

    def __init__(
        self, *, least: Decimal | None = Decimal(0), currency: str = HOME, **kwargs: Any
    ) -> None:
        """Say the limits; `least` is zero, the smallest sum above it, or none."""
        self.least, self.currency = least, currency
        self.most = Decimal(kwargs.get("max_value") or 10 ** (kwargs.get("max_digits", 16) - 2) - 1)
        kwargs["widget"] = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(**kwargs | {"decimal_places": 2})

    def to_python(self, value: Any) -> Any:
        """Return the amount in whole cents; what it cannot be read as, it says."""
        text = str(value).strip() if value not in self.empty_values else ""
        if not text:
            return None
        try:
            said = amounts.read(text)
        except amounts.NotAnAmount:
            raise forms.ValidationError(
                _("“%(text)s” is no amount. Write it as 12000, 12,000.50 or 12万.")
                % {"text": text[:24]}
            ) from None
        if said.currencies and self.currency and self.currency not in said.currencies:
            raise forms.ValidationError(
                _("This field is in %(currency)s. Write the number alone, as 12000.")
                % {"currency": self.currency}
            )
        return self._in_cents(said.value)

    def _in_cents(self, value: Decimal) -> Decimal:
        if abs(value) > self.most:
            largest = {"most": formats.plain(self.most)}
            raise forms.ValidationError(_("This is too large: write at most %(most)s.") % largest)
        cents = value.quantize(CENT, ROUND_HALF_UP)
        if cents != value:
            raise forms.ValidationError(
                _(
                    "This has a fraction of a cent. Write two decimals at most, as %(cents)s; "
                    "thousands are set apart by a comma."
                )
                % {"cents": cents}
            )
        return cents

    def validate(self, value: Any) -> None:
        """Refuse what is below the least."""
        super().validate(value)
        if value is None or self.least is None or value >= self.least:
            return
        if not self.least:
            raise forms.ValidationError(_("Write an amount of zero or more."))
        if self.required:
            raise forms.ValidationError(_("Write an amount above zero."))
        raise forms.ValidationError(_("Write an amount above zero, or leave it empty."))

    def prepare_value(self, value: Any) -> Any:
        """Show an amount without idle zeros: 220000, not 220000.00."""
        if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
            return value.quantize(Decimal(1))
        return value


def tell_currency(form: forms.BaseForm, *names: str) -> None:
    """Let the amounts of a form know the currency that is chosen in it."""
    chosen = form["currency"].value() or HOME
    for name in names:
        cast(AmountField, form.fields[name]).currency = str(chosen)


class SumField(AmountField):
    """An amount above zero, of which there are at most 99 trillion."""

    def __init__(self, **kwargs: Any) -> None:
        """Say the limits."""
        super().__init__(least=CENT, **{"max_digits": 16, **kwargs})
