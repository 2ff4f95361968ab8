"""Forms check and convert input; they never save."""

from django import forms

# To the stubs a model form is generic, to Django not yet: let ModelForm[Lead] run, too.
forms.ModelForm.__class_getitem__ = classmethod(lambda form, _model: form)  # type: ignore[attr-defined]
