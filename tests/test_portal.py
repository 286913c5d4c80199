"""The start page: what it says of a stack, in both languages, and that nothing in it means something to the proxy."""

import html
import re

import pytest
from stack_fixture import lock_of, small_catalog, stack_of

from provisioner.catalog import load_catalog
from provisioner.portal import portal_pages, words
from provisioner.render import render_host

DOMAINS = {"notes": "carnet.foyer.example", "pad": "pads.foyer.example"}


def pages(**changes: object) -> dict[str, str]:
    stack = stack_of(**{"portal": {"ask": "Le bureau, le mardi"}, **changes})
    return portal_pages(stack, small_catalog(), DOMAINS)


def test_start_page_speaks_the_association_s_language_and_both() -> None:
    found = pages(association={"language": "en"})
    assert set(found) == {"/", "/fr", "/en"} and found["/"] == found["/en"] != found["/fr"]
    assert '<html lang="fr">' in found["/fr"] and 'href="/en" lang="en"' in found["/fr"]


def test_start_page_names_each_service_what_it_is_for_and_who_to_ask() -> None:
    text = html.unescape(pages()["/fr"])
    wanted = [
        *(f"https://{domain}/" for domain in DOMAINS.values()),
        "Le bureau, le mardi",
        "mailto:contact@foyer.example",
    ]
    for each in ['Pad "à plusieurs"', "Pour :</span> Écrire à plusieurs", *wanted]:
        assert each in text, each
    assert "Pour l'équipe" not in text, "no heading without a service"


def test_start_page_asks_for_nothing_from_elsewhere() -> None:
    for page in pages().values():
        assert not re.findall(r"<(script|img|link|iframe|form)", page)
        assert set(re.findall(r'(?:href|src)="(?!/|mailto:|#)([^"]*)"', page)) == {
            f"https://{d}/" for d in DOMAINS.values()
        }


@pytest.mark.parametrize("name", ['Dites "oui" <b>', "{env.HOME} {http.request.uri}", "C:\\asso\\", "$HOME `id`"])
def test_start_page_any_name_stays_text_for_browser_and_proxy(name: str) -> None:
    stack = stack_of(association={"name": name}, portal={})
    tree = render_host([(stack, lock_of(small_catalog()))], small_catalog())
    route = tree.text("foyer_portal", "route.open.caddy")
    bodies = re.findall(r'respond /\S* "((?:[^"\\]|\\.)*)" 200', route)
    assert len(bodies) == 3 and "<b>" not in route
    for body in bodies:
        page = body.replace('\\"', '"')
        assert html.unescape(re.search(r"<h1>(.*?)</h1>", page)[1]).endswith(name)  # type: ignore[index]
        assert not re.search(r"\{[a-z]+\.", page), "a placeholder of the proxy"


def test_start_page_is_an_instance_without_containers_or_port() -> None:
    tree = render_host([(stack_of(portal={}), lock_of(small_catalog()))], small_catalog())
    found = tree.instances["foyer_portal"]
    assert (found["containers"], found["ways"]) == ([], 0)
    assert set(found["files"]) == {"instance.json", "route.open.caddy", "route.closed.caddy"}
    assert tree.text("foyer_portal", "route.open.caddy").startswith("accueil.foyer.example {")


def test_stack_without_portal_has_no_start_page() -> None:
    tree = render_host([(stack_of(), lock_of(small_catalog()))], small_catalog())
    assert "foyer_portal" not in tree.instances


def test_every_service_of_the_catalog_can_stand_on_the_page() -> None:
    catalog = load_catalog()
    stack = stack_of(services={name: {} for name in catalog.services}, portal={})
    found = portal_pages(stack, catalog, {name: f"{name}.foyer.example" for name in catalog.services})
    assert all(f"https://{name}.foyer.example/" in page for name in catalog.services for page in found.values())
    assert set(words().model_dump()) >= {"title", "lead", "ask"}
