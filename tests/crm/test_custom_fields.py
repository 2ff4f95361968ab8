"""What holds of the definitions of the vendor's own fields."""

import json

import pytest
from django.urls import reverse

from crm.models import CustomField
from crm.services.bundle import importing
from crm.services.bundle.problems import BundleRefused
from tests.crm import bundles
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
PLAIN = {
    "key": "region",
    "label": "区域",
    "kind": "choice",
    "known_from": "creation",
    "position": 3,
}


def bundle(folder, **changes):
    """Write a bundle that brings a field along."""
    path = bundles.write(folder)
    row = {**PLAIN, "choices": json.dumps(["华东", "华北"], ensure_ascii=False), **changes}
    cells = ",".join('"' + str(value).replace('"', '""') + '"' for value in row.values())
    (path / "custom_fields.csv").write_text(f"{','.join(row)}\n{cells}\n", encoding="utf-8")
    return path


def test_a_choice_that_came_in_meanwhile_is_not_overwritten_unseen(office):
    field = CustomField.objects.create(key="region", label="Region", kind="CHOICE", choices=["A"])
    address = reverse("admin:crm_customfield_change", args=[field.pk])
    read = office.get(address).context["adminform"].form.initial["read_state"]
    said = {"label": "Region", "known_from": "LATER", "position": 0, "read_state": read}
    office.post(address, {**said, "choices": "A\nB"})

    refused = office.post(address, {**said, "choices": "A\nC"})

    field.refresh_from_db()
    assert field.choices == ["A", "B"]
    assert "Region: A, B" in refused.content.decode()
    again = refused.context["adminform"].form["read_state"].value()
    office.post(address, {**said, "choices": "A\nB\nC", "read_state": again})
    field.refresh_from_db()
    assert field.choices == ["A", "B", "C"]


def test_a_bundle_brings_fields_along_and_changes_them_by_their_key(tmp_path):
    importing.run(bundle(tmp_path), now=MONDAY)
    importing.run(bundle(tmp_path, label="大区"), now=MONDAY)

    field = CustomField.objects.get()
    assert (field.key, field.label, field.kind) == ("region", "大区", CustomField.Kind.CHOICE)
    assert field.choices == ["华东", "华北"]


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "Region"},
        {"key": "owner-password"},
        {"key": ""},
        {"kind": "colour"},
        {"choices": "{}"},
        {"choices": "[1]"},
        {"choices": json.dumps([str(n) for n in range(501)])},
    ],
)
def test_a_field_that_cannot_be_is_refused(tmp_path, changes):
    with pytest.raises(BundleRefused):
        importing.run(bundle(tmp_path, **changes), now=MONDAY)
    assert not CustomField.objects.exists()


def test_a_founder_writes_choices_one_a_line(office):
    address = reverse("admin:crm_customfield_add")
    said = {**PLAIN, "kind": "CHOICE", "known_from": "CREATION", "choices": "华东\n\n华北 \n华东"}
    office.post(address, said)

    assert CustomField.objects.get().choices == ["华东", "华北"]


def test_the_key_and_kind_of_a_field_stay(office):
    field = CustomField.objects.create(key="region", label="区域", kind="CHOICE", choices=["华东"])
    address = reverse("admin:crm_customfield_change", args=[field.pk])
    said = {**PLAIN, "key": "other", "kind": "TEXT", "known_from": "LATER", "choices": "华南"}
    office.post(address, said)

    field.refresh_from_db()
    assert (field.key, field.kind, field.choices) == ("region", "CHOICE", ["华南"])


@pytest.mark.parametrize("choices", ["x" * 121, "\n".join(str(n) for n in range(501))])
def test_choices_are_bounded(office, choices):
    said = {**PLAIN, "kind": "CHOICE", "known_from": "CREATION", "choices": choices}
    office.post(reverse("admin:crm_customfield_add"), said)

    assert not CustomField.objects.exists()


def test_a_field_without_a_key_gets_one_from_its_label(office):
    said = {**PLAIN, "key": "", "label": "所在大区", "kind": "TEXT", "known_from": "CREATION"}
    office.post(reverse("admin:crm_customfield_add"), said)

    assert CustomField.objects.get().key == "suozaidaqu"


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "CHOICE", "choices": " \n"},
        {"kind": "TEXT", "choices": "华东"},
        {"kind": "TEXT", "key": "", "label": "！"},
    ],
)
def test_a_field_that_could_not_be_filled_is_refused_with_its_reason(office, wrong):
    said = {**PLAIN, "known_from": "CREATION", **wrong}
    answer = office.post(reverse("admin:crm_customfield_add"), said)

    assert "errorlist" in answer.content.decode()
    assert not CustomField.objects.exists()


def test_a_second_field_of_the_same_name_is_told_to_take_another_key(office):
    CustomField.objects.create(key="daqu", label="大区", kind="TEXT")
    said = {**PLAIN, "key": "", "label": "大区", "kind": "TEXT", "known_from": "CREATION"}

    answer = office.post(reverse("admin:crm_customfield_add"), said)

    assert "Please write another one." in answer.content.decode()
    assert CustomField.objects.count() == 1
