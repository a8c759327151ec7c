"""A Django project in one file that embeds the engine: its users and groups, its views, its management of time.

    python examples/embed_django.py

Staff are users in the group "reviewers"; a partner's members are users in a group of the partner's name. The engine
keeps its own tables, in a database of its own or beside Django's; keys of users go into its history, names never do.
"""

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.http import HttpRequest, JsonResponse
from django.urls import path

from review_engine import Actor, ReviewEngine, ReviewEngineError, Role, Settings, open_engine
from review_engine.ports.directory import Partner, Person
from review_engine.web.principal import actor_of
from review_engine.web.problems import MEDIA_TYPE, problem_of

REVIEWERS = "reviewers"


def configure(folder: Path) -> None:
    """What a project's settings.py says."""
    settings.configure(
        DEBUG=False,
        SECRET_KEY="only-for-this-example",
        ALLOWED_HOSTS=["testserver"],
        ROOT_URLCONF=__name__,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "platform.db")}},
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            f"{__name__}.Problems",
        ],
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        REVIEW_ENGINE={
            "database": {"url": f"sqlite:///{folder / 'reviews.db'}"},
            "mail": {"folder": str(folder / "letters")},
        },
    )
    django.setup()


# -- The platform's people, as the engine asks for them


class Users:
    """The port ``review_engine.ports.directory.Directory`` over Django's users and groups."""

    def person(self, key: str) -> Person | None:
        """The user with that primary key, unless they have left."""
        return _found(_users().filter(pk=key).first()) if key.isdigit() else None

    def person_at(self, address: str) -> Person | None:
        """The user with that address."""
        return _found(_users().filter(email__iexact=address).first())

    def partner(self, key: str) -> Partner | None:
        """The company; its name is its key here."""
        return Partner(key, key.title())

    def members(self, partner: str) -> list[Person]:
        """Everybody of a company."""
        return [_person(user) for user in _users().filter(groups__name=partner).order_by("pk")]

    def staff(self, role: Role) -> list[Person]:
        """Everybody who reviews; there are no managers."""
        return self.members(REVIEWERS) if role is Role.REVIEWER else []


def _users() -> Any:
    from django.contrib.auth.models import User

    return User.objects.filter(is_active=True).prefetch_related("groups")


def _found(user: Any) -> Person | None:
    return _person(user) if user is not None else None


def _person(user: Any) -> Person:
    groups = {group.name for group in user.groups.all()}
    roles = frozenset({Role.REVIEWER}) if REVIEWERS in groups else frozenset[Role]()
    return Person(str(user.pk), user.get_full_name(), user.email, roles, frozenset(groups - {REVIEWERS}))


# -- The engine in it


@cache
def engine() -> ReviewEngine:
    """One engine for the process, opened when it is first asked for: a forked server's children each have their own."""
    return open_engine(Settings.model_validate(settings.REVIEW_ENGINE), directory=Users())


def current_user(request: HttpRequest) -> Actor:
    """Whoever Django has signed in, in the strongest role they hold."""
    return actor_of(_person(request.user) if request.user.is_authenticated else None)


class Problems:
    """Middleware: whatever the engine refuses is answered as a problem document."""

    def __init__(self, get_response: Any) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        """Pass a request on."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> JsonResponse | None:
        """Answer what a view raised."""
        if not isinstance(error, ReviewEngineError):
            return None
        document = problem_of(error)
        return JsonResponse(document, status=document["status"], content_type=MEDIA_TYPE)


def app(request: HttpRequest, slug: str) -> JsonResponse:
    """GET reads an App, POST registers one with the facts it is sent."""
    by = current_user(request)
    if request.method == "POST":
        given = json.loads(request.body)
        receipt = engine().register(slug, partner=given["partner"], facts=given["facts"], by=by)
        return JsonResponse(receipt.as_dict(), status=201)
    subject = engine().subject(slug, by=by)
    return JsonResponse({"state": subject.state, "etag": subject.etag})


def move(request: HttpRequest, slug: str, transition: str) -> JsonResponse:
    """POST takes a transition."""
    expect = request.headers.get("If-Match")
    return JsonResponse(engine().move(slug, transition, by=current_user(request), expect=expect).as_dict())


urlpatterns = [path("apps/<slug:slug>", app), path("apps/<slug:slug>/<slug:transition>", move)]


# -- A day on the platform


def main() -> None:
    """Two companies and a reviewer, over HTTP."""
    with TemporaryDirectory() as name:
        configure(Path(name))
        call_command("migrate", verbosity=0)
        from django.contrib.auth.models import Group, User
        from django.test import Client

        def signed_in(username: str, group: str) -> Client:
            user = User.objects.create_user(username, f"{username}@{group}.example", first_name=username.title())
            user.groups.add(Group.objects.get_or_create(name=group)[0])
            client = Client()
            client.force_login(user)
            return client

        ann, gus, rita = signed_in("ann", "acme"), signed_in("gus", "globex"), signed_in("rita", REVIEWERS)
        new = {"partner": "acme", "facts": {"name": "Acme Sync"}}
        print("Registered:", ann.post("/apps/acme-sync", new, content_type="application/json").status_code)
        print("Nobody:", Client().get("/apps/acme-sync").status_code)
        print("Gus of Globex:", gus.get("/apps/acme-sync").json()["detail"])
        refused = ann.post("/apps/acme-sync/submit")
        print(f"Refused with {refused.status_code}:", len(refused.json()["unmet"]), "requirements are not met")
        print("Rita withdraws:", rita.post("/apps/acme-sync/withdraw").status_code)
        page = ann.get("/apps/acme-sync").json()
        withdrawn = ann.post("/apps/acme-sync/withdraw", headers={"If-Match": page["etag"]})
        print("Ann withdraws:", withdrawn.json()["state"])
        last = engine().history("acme-sync", by=Actor.host())[-1]
        print("In the history it is user", last.by, "who made move", last.number)
        print("Due now:", engine().tick().reminders)
        engine().close()


if __name__ == "__main__":
    main()
