"""Addresses of money: invoices, payments, reminders, the firm's cash."""

from django.urls import path

from crm.views import firm_cash, invoices, payments

urlpatterns = [
    path("money/invoices/", invoices.invoice_list, name="money-invoices"),
    path("money/invoices/new/", invoices.invoice_new, name="invoice-new"),
    path("money/invoices/export.<slug:form>", invoices.invoice_export_file, name="invoice-export"),
    path("money/invoices/<int:pk>/", invoices.invoice_detail, name="invoice-detail"),
    path("money/invoices/<int:pk>/edit/", invoices.invoice_edit, name="invoice-edit"),
    path("money/invoices/<int:pk>/state/", payments.invoice_state, name="invoice-state"),
    path("money/invoices/<int:pk>/remind/", payments.invoice_remind, name="invoice-remind"),
    path("money/invoices/<int:pk>/pay/", payments.invoice_pay, name="invoice-pay"),
    path("money/payments/<int:pk>/away/", payments.payment_away, name="payment-away"),
    path("money/cash/", firm_cash.firm_cash, name="money-cash"),
]
