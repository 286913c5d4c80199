"""Sites of the proxy: TLS by Mozilla's levels, headers where the application says nothing, failed sign-ins marked."""

import dataclasses
import re

import pytest
from stack_fixture import lock_of, small_catalog, stack_of

from provisioner.catalog import load_catalog
from provisioner.models.route import Route
from provisioner.render import render_host
from provisioner.sites import CIPHERS, service_site, tls_lines

RUNNABLE = (
    "canaille", "copyparty", "dokuwiki", "etherpad", "jawanndenn", "mediawiki", "pretix", "prosody", "radicale", "spip",
    "sympa", "tryton", "wordpress",
)  # fmt: skip


def site(**changes: object) -> str:
    entry = small_catalog().entry("pad")
    route = Route.model_validate({**entry.service.route.model_dump(), **changes})
    service = entry.service.model_copy(update={"route": route})
    found = dataclasses.replace(entry, service=service)
    return service_site(stack_of(), found, "pads.foyer.example", "page", is_open=True)


def test_tls_is_mozilla_s_intermediate_or_modern() -> None:
    wide = tls_lines(stack_of())
    assert "protocols tls1.2 tls1.3\n" in wide and " ".join(CIPHERS) in wide
    assert all("_GCM_" in cipher or "CHACHA20" in cipher for cipher in CIPHERS)
    narrow = tls_lines(stack_of(security={"tls": "modern"}))
    assert "protocols tls1.3\n" in narrow and "ciphers" not in narrow


@pytest.mark.parametrize(("certificates", "age"), [("acme", 63072000), ("internal", 15768000)])
def test_every_site_says_hsts_once(certificates: str, age: int) -> None:
    tree = render_host([(stack_of(certificates=certificates, portal={}), lock_of(small_catalog()))], small_catalog())
    for name in tree.instances:
        if "route.open.caddy" in tree.instances[name]["files"]:
            text = tree.text(name, "route.open.caddy")
            assert re.findall(r"Strict-Transport-Security \"(.*)\"", text) == [f"max-age={age}"] * text.count("\ttls ")
    assert "Strict-Transport" not in tree.text("provisioner_proxy", "caddy/Caddyfile")


def test_header_with_a_question_mark_is_a_default_only() -> None:
    text = site(security_headers={"?Content-Security-Policy": "default-src 'self'", "Referrer-Policy": "no-referrer"})
    assert "\theader ?Content-Security-Policy \"default-src 'self'\"\n" in text
    assert '\t\tReferrer-Policy "no-referrer"\n\t\tdefer\n' in text


def test_failed_sign_in_is_marked_and_goes_to_the_container_that_answers_its_path() -> None:
    also = [{"path": "/api/*", "container": "app", "port": 9}]
    text = site(
        also=also,
        sign_in=[{"path": "/login", "failed": [200]}, {"path": "/api/token", "method": "any", "failed": [401]}],
    )
    inside, outside = text.partition("handle /api/* {")[2].split("\n\t}\n", 1)
    assert "@sign_in2 127.0.0.1:@HTTP_PORT_2@" in inside and "sign_in1" not in inside
    assert "@sign_in1 127.0.0.1:@HTTP_PORT@" in outside and "sign_in2" not in outside
    assert "method POST" in outside and "method" not in inside
    assert text.count("header X-Sign-In failed\n") == 2


def test_every_service_that_runs_here_forbids_other_origins_or_says_so_itself() -> None:
    own_policy = {"pretix"}
    for name in RUNNABLE:
        headers = load_catalog().entry(name).service.route.security_headers
        policy = headers.get("?Content-Security-Policy") or headers.get("Content-Security-Policy")
        assert (name in own_policy) == (policy is None), name
        if policy:
            assert policy.startswith("default-src 'self'; ") and "object-src 'none'" in policy, name
            assert not re.search(r"(script|style|font|img|connect)-src [^;]*(https?:|\*)", policy), name


def test_every_service_with_a_sign_in_says_what_its_failure_looks_like() -> None:
    # Nobody signs in; the browser talks XMPP, or the page has many names (there the own log tells); a wrong password
    # gets the very answer of a right one.
    unseen = {"jawanndenn", "prosody", "mediawiki", "sympa"}
    for name in RUNNABLE:
        sign_in = load_catalog().entry(name).service.route.sign_in
        assert bool(sign_in) == (name not in unseen), name
        assert all(each.tried for each in sign_in), name


def test_certificate_of_an_authority_of_one_s_own_is_offered_and_its_key_is_not() -> None:
    tree = render_host([(stack_of(certificates="internal", portal={}), lock_of(small_catalog()))], small_catalog())
    route = tree.text("foyer_portal", "route.open.caddy")
    assert "rewrite * /root.crt" in route and "hide *.key" in route and 'href=\\"/root.crt\\"' in route
    public = render_host([(stack_of(portal={}), lock_of(small_catalog()))], small_catalog())
    assert "root.crt" not in public.text("foyer_portal", "route.open.caddy")


@pytest.mark.parametrize("contact", ["a@b\\", "a\\@b", 'a"@b', "a@{env.HOME}"])
def test_a_contact_never_ends_a_word_of_the_proxy(contact: str) -> None:
    with pytest.raises(ValueError, match="contact"):  # in the start page it stands before a quotation mark
        stack_of(association={"contact": contact})
