"""Every route and every callback, asked by whoever may not: refused, before anything answers."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from dashboards import acts
from dashboards.access import cookies
from dashboards.app import create_app
from dashboards.components.listing import LISTINGS
from dashboards.page import EVERYBODY
from dashboards.pages import PAGES
from dashboards.shown import SOURCES
from safety.accounts import demo, passwords, people, secret, sessions
from safety.settings import from_environment
from safety.signed import sign
from tests.accounts.conftest import CHEAP
from tests.e2e.trials import Pilot

pytestmark = pytest.mark.xdist_group("pilot")
NOW = datetime.now(UTC)
STUDY, PASSWORD = "NCT06038461", demo.WELL_KNOWN
SUBJECT = "NCT06038461-001-101"
WORD = "a long word, never used here"
# Static files of the libraries, the sign-in itself, and a sign of life: nothing of a study.
OPEN = {"/login", "/healthz", "/_favicon.ico", "/assets/<path:filename>",
        "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>"}  # fmt: skip


@pytest.fixture(scope="module")
def used(dose_finding: Pilot, cheap):
    """The home of a trial, with an account a role, and one with a role in another study only."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in dose_finding.environ.items():
            patch.setenv(name, value)
        settings = from_environment()
        demo.make(settings, [STUDY], NOW)
        _foreign(settings)
        yield settings


def _foreign(settings) -> None:
    signed = sign("Test", "a role elsewhere", NOW)
    account = people.create(settings, "foreign", "Foreign", signed, password=WORD)
    people.grant(settings, account.account_id, "OTHER", "chair", signed)


@pytest.fixture(scope="module")
def app(used):
    return create_app(demo=True)


@pytest.fixture(scope="module")
def cheap():
    """Passwords at the lowest cost: many sign in here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "HASHER", passwords.Hasher(CHEAP))
        yield


def signed_in(app, used, username: str, password: str = PASSWORD) -> FlaskClient:
    """The browser of somebody who has signed in with a password."""
    token = sessions.sign_in(used, username, password, "127.0.0.1", NOW, demo_allowed=True)
    return browser(app, used, token)


def browser(app, used, token: str) -> FlaskClient:
    client = app.server.test_client()
    client.set_cookie(cookies.name(used), token)
    client.environ_base["HTTP_X_CSRFTOKEN"] = cookies.answer(secret.read_or_make(used), token)
    return client


def routes(app) -> list[tuple[str, str]]:
    """Every route that the application answers, with a method."""
    return [
        (rule.rule, method)
        for rule in app.server.url_map.iter_rules()
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
    ]


def filled(rule: str) -> str:
    return re.sub(r"<[^>]*>", "x", rule)


def call(output: str, search: str = f"?study={STUDY}") -> dict[str, object]:
    """What a browser sends for a callback, of an address."""
    address = [{"id": "address", "property": "pathname", "value": "/decision"},
               {"id": "address", "property": "search", "value": search}]  # fmt: skip
    return {"output": output, "outputs": [], "inputs": address, "state": address,
            "changedPropIds": []}  # fmt: skip


def test_no_route_answers_somebody_unknown(app) -> None:
    asked = [(rule, method) for rule, method in routes(app) if rule not in OPEN]
    assert len(asked) >= 10
    for rule, method in asked:
        answer = app.server.test_client().open(filled(rule), method=method)
        refused = answer.status_code == 401
        led_away = answer.status_code == 302 and answer.location.startswith("/login")
        assert refused or led_away, (rule, method, answer.status)


def test_what_is_open_has_nothing_of_a_study(app) -> None:
    client = app.server.test_client()
    for path in ("/login", "/healthz", "/assets/frame.js"):
        assert STUDY.encode() not in client.get(path, buffered=True).data


def test_every_callback_has_a_rule_and_one_without_is_refused(app, used) -> None:
    registry = app.server.extensions["toxwatch"]
    of_server = {k for k, c in app.callback_map.items() if c.get("callback") is not None}
    assert set(registry.rules) >= of_server
    client = signed_in(app, used, "demo-chair")
    answer = client.post("/_dash-update-component", json=call("unknown.children"))
    assert (answer.status_code, answer.text) == (403, "No such thing can be asked.\n")


@pytest.mark.parametrize("who", ["anonymous", "other study", "other site", "forged"])
def test_every_callback_refuses(app, used, who) -> None:
    registry = app.server.extensions["toxwatch"]
    of_study = {o for o, r in registry.rules.items() if r.search}
    assert of_study
    for output in registry.rules if who != "other study" else of_study:
        client, headers, status = app.server.test_client(), {}, 401
        if who != "anonymous":
            status = 403
            name = "foreign" if who == "other study" else "demo-chair"
            word = WORD if who == "other study" else PASSWORD
            client = signed_in(app, used, name, word)
        if who == "other site":
            headers = {"Sec-Fetch-Site": "cross-site"}
        if who == "forged":
            headers = {"X-CSRFToken": "0" * 64}
        answer = client.post("/_dash-update-component", json=call(output), headers=headers)
        assert answer.status_code == status, output


@pytest.mark.parametrize(
    "header",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_nothing_is_changed_for_a_page_of_another_site(app, used, header) -> None:
    client = signed_in(app, used, "demo-chair")
    for path in ("/logout", "/language", "/login", "/_dash-update-component"):
        assert client.post(path, headers=header).status_code == 403


def show(client: FlaskClient, path: str, search: str = f"?study={STUDY}") -> str:
    """What the frame shows at an address."""
    body = call("..banner.children...navigation.children...filters.children...content.children..")
    outputs = [{"id": name, "property": "children"}
               for name in ("banner", "navigation", "filters", "content")]  # fmt: skip
    inputs = [{"id": "address", "property": "pathname", "value": path},
              {"id": "address", "property": "search", "value": search},
              {"id": "done", "property": "data", "value": None}]  # fmt: skip
    body |= {"outputs": outputs, "inputs": inputs, "state": []}
    answer = client.post("/_dash-update-component", json=body)
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.mark.parametrize("page", [p for p in PAGES if p.of_study], ids=lambda p: p.path)
def test_a_page_shows_nothing_to_who_has_no_role_in_the_study(app, used, page) -> None:
    client = signed_in(app, used, "foreign", WORD)
    shown = show(client, page.path)
    assert "You have no role in this study." in shown
    assert "2024-04-17" not in shown


@pytest.mark.parametrize("page", [p for p in PAGES if p.of_study], ids=lambda p: p.path)
def test_a_page_refuses_who_has_the_wrong_role(app, used, page) -> None:
    for role in sorted(EVERYBODY - page.roles):
        shown = show(signed_in(app, used, f"demo-{role}"), page.path)
        assert "Not yours to see" in shown


def test_every_export_refuses(app, used) -> None:
    foreign, admin = signed_in(app, used, "foreign", WORD), signed_in(app, used, "demo-admin")
    assert len(SOURCES) >= 20
    for name in [*SOURCES, *LISTINGS]:
        path = f"/export/{name}.csv?study={STUDY}"
        assert app.server.test_client().get(path).status_code == 302
        assert foreign.get(path).status_code == 403, name
        assert admin.get(path).status_code == 403, name


def test_every_act_refuses_who_may_not(app, used) -> None:
    """Each act by each role that may not do it; a role is asked again when it is done."""
    assert len(acts.ACTS) >= 20
    by_role = {role: signed_in(app, used, f"demo-{role}") for role in sorted(EVERYBODY)}
    for name, act in acts.ACTS.items():
        for role in sorted(EVERYBODY - act.roles):
            said = perform(app, by_role[role], name)
            assert "does not do this" in said or "no role in this study" in said, (name, role)


def perform(app, client: FlaskClient, name: str) -> str:
    """Send the form of an act; return what is answered."""
    of = {"act": name, "of": "x"}
    output = next(o for o in app.callback_map if o.startswith('{"act"') and '"told"' in o)
    go = {**of, "part": "go"}
    body = {
        "output": output,
        "outputs": {"id": {**of, "part": "told"}, "property": "children"},
        "inputs": [{"id": go, "property": "n_clicks", "value": 1}],
        "state": [
            [{"id": {**of, "field": "reason"}, "property": "value", "value": "why"}],
            {"id": "address", "property": "pathname", "value": "/alerts"},
            {"id": "address", "property": "search", "value": f"?study={STUDY}"},
        ],
        "changedPropIds": [json.dumps(go, sort_keys=True, separators=(",", ":")) + ".n_clicks"],
    }
    answer = client.post("/_dash-update-component", json=body)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_an_account_that_everybody_knows_works_in_the_demo_only(app, used) -> None:
    token = signed_in(app, used, "demo-chair").get_cookie(cookies.name(used)).value
    real = create_app().server.test_client()
    real.set_cookie(cookies.name(used), token)
    assert real.get("/decision").status_code == 302
    form = {"username": "demo-chair", "password": PASSWORD}
    assert real.post("/login", data=form).status_code == 401
    assert "demo-chair" not in real.get("/login").text


def test_a_fault_of_a_page_is_told_on_it_and_the_log_names_no_subject(
    app, used, monkeypatch, caplog
) -> None:
    def broken(*_: object) -> None:
        raise KeyError(SUBJECT)  # a traceback quotes this line, never what the name stands for

    monkeypatch.setattr("dashboards.router.screen", broken)
    shown = show(signed_in(app, used, "demo-chair"), "/decision")
    assert "This page cannot be made" in shown
    assert "KeyError" in caplog.text
    assert SUBJECT not in caplog.text + shown


def test_headers_keep_data_here(app, used) -> None:
    answer = signed_in(app, used, "demo-chair").get("/decision")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe-eval" not in policy
    assert "script-src 'self' 'sha256-" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_cookies_are_not_for_scripts_and_not_for_other_sites(app, used) -> None:
    client = app.server.test_client()
    form = {"username": "demo-chair", "password": PASSWORD, "next": "/decision?study=T1"}
    answer = client.post("/login", data=form)
    assert answer.location == "/decision?study=T1"
    session, token = answer.headers.getlist("Set-Cookie")
    assert session.startswith("toxwatch=")
    assert "HttpOnly" in session
    assert "SameSite=Lax" in session
    assert "HttpOnly" not in token


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil.example",
                                    "javascript:alert(1)", "/login", "evil"])  # fmt: skip
def test_after_signing_in_nobody_is_led_elsewhere(app, used, wanted) -> None:
    form = {"username": "demo-chair", "password": PASSWORD, "next": wanted}
    assert app.server.test_client().post("/login", data=form).location == "/"


def test_a_wrong_password_says_nothing_of_why(app, used) -> None:
    texts = set()
    for name in ("demo-auditor", "nobody-has-this-name"):
        answer = app.server.test_client().post("/login", data={"username": name, "password": "x"})
        assert answer.status_code == 401
        texts.add(re.search(r'role="alert">([^<]*)<', answer.text)[1])
    assert texts == {"The name and the password do not fit, or the account is not in use."}


def test_whoever_signs_out_is_out(app, used) -> None:
    client = signed_in(app, used, "demo-monitor")
    assert client.get("/decision").status_code == 200
    assert client.post("/logout").status_code == 302
    assert client.get("/decision").status_code == 302
