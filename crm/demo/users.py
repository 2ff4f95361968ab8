"""The people of the invented vendor who sign in to the demo."""

from dataclasses import dataclass

from crm.models import Team, User
from crm.services.people import FIRST_FOUNDER

Role = User.Role
TEAM = "销售部"
MANAGER = "wanghao"
PEOPLE = (
    (FIRST_FOUNDER, "李言", Role.FOUNDER),
    (MANAGER, "王昊", Role.MANAGER),
    ("chenlu", "陈露", Role.SELLER),
    ("zhouyifan", "周一帆", Role.SELLER),
    ("hejing", "何静", Role.SELLER),
    ("sunmin", "孙敏", Role.ACCOUNTANT),
    ("zhaolei", "赵磊", Role.VIEWER),
)


@dataclass(frozen=True)
class Staff:
    """Who is who in the demo."""

    founder: User
    manager: User
    sellers: tuple[User, ...]

    @property
    def owners(self) -> tuple[User, ...]:
        """Return who owns leads; the sellers most of them."""
        return (*self.sellers, *self.sellers, self.manager, self.founder)


def staff() -> Staff:
    """Make the demo's people, or find them; those who are new cannot sign in yet."""
    team, _ = Team.objects.get_or_create(name=TEAM)
    found = {}
    for username, name, role in PEOPLE:
        person = User.objects.filter(username=username).first() or User(username=username)
        person.display_name, person.role = name, role
        person.email = person.email or f"{username}@demo.example"
        person.team = team if role in {Role.MANAGER, Role.SELLER} else None
        person.is_staff = person.is_superuser = role == Role.FOUNDER
        if not person.pk:
            person.set_unusable_password()
        person.save()
        found[username] = person
    sellers = tuple(person for person in found.values() if person.role == Role.SELLER)
    return Staff(found[FIRST_FOUNDER], found[MANAGER], sellers)


def let_everyone_sign_in(password: str) -> list[str]:
    """Give all of the demo's people one password; return their usernames."""
    usernames = [username for username, _, _ in PEOPLE]
    for person in User.objects.filter(username__in=usernames):
        person.set_password(password)
        person.save(update_fields=["password"])
    return usernames
