"""Who may do what, as rules on the role; what may be seen is in the QuerySets' `visible_to`."""

from rules.permissions import add_perm
from rules.predicates import Predicate

from crm.models import User

Role = User.Role


def has_role(*roles: str) -> Predicate:
    """Return the predicate that a user has one of the roles."""
    name = "has_role:" + "|".join(roles)
    return Predicate(lambda user: getattr(user, "role", "") in roles, name=name)


sells = has_role(Role.FOUNDER, Role.MANAGER, Role.SELLER)
reads_reports = has_role(*Role.values)
reads_scores = has_role(Role.FOUNDER, Role.MANAGER)
keeps_money = has_role(Role.FOUNDER, Role.MANAGER, Role.ACCOUNTANT)
edits_terms = has_role(Role.FOUNDER, Role.MANAGER, Role.SELLER, Role.ACCOUNTANT)
reads_money = has_role(Role.FOUNDER, Role.MANAGER, Role.SELLER, Role.ACCOUNTANT)
leads_the_firm = has_role(Role.FOUNDER)

add_perm("crm.sell", sells)
add_perm("crm.read_reports", reads_reports)
add_perm("crm.read_scores", reads_scores)
add_perm("crm.keep_money", keeps_money)
add_perm("crm.read_money", reads_money)
add_perm("crm.edit_terms", edits_terms)
add_perm("crm.lead_the_firm", leads_the_firm)
