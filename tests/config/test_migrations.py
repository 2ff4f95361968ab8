"""A new ledger takes one step where an old one took many: both must end at the same tables."""

import pkgutil
from importlib import import_module

import pytest


@pytest.mark.parametrize("app", ["crm", "scoring"])
def test_the_step_of_a_new_ledger_stands_for_every_step_of_an_old_one(app):
    folder = import_module(f"{app}.migrations")
    names = sorted(module.name for module in pkgutil.iter_modules(folder.__path__))
    (squashed,) = (name for name in names if "_squashed_" in name)
    stands_for = [
        name for _app, name in import_module(f"{folder.__name__}.{squashed}").Migration.replaces
    ]

    earlier = [name for name in names if name != squashed and name[:4] <= squashed[-4:]]

    assert stands_for == earlier
