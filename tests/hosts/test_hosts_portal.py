"""The start page of an association on a host: served over TLS by name, changed with the stack, taken away with it."""

import pytest
from rehearsal import Stack

pytestmark = pytest.mark.lab
PAGE = "accueil.beta.lab.test"


def test_start_page_is_served_in_both_languages_and_goes_when_it_is_taken_out(beta: Stack) -> None:
    beta.edit(r"^services:\n", "portal: {ask: 'Le secrétariat, {env.HOME}'}\nservices:\n")
    assert beta.apply().actions == {"beta_portal": "create"}
    status, headers, french = beta.host.fetch(PAGE)
    assert status == 200 and headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert '<html lang="fr">' in french and 'href="https://agenda.beta.lab.test/"' in french
    assert "Le secrétariat, &#123;env.HOME&#125;" in french and "secrétariat, /root" not in french
    assert "color-scheme: light dark" in french, "the proxy leaves the braces of the style sheet alone"
    assert '<html lang="en">' in beta.host.fetch(PAGE, "/en")[2] and beta.host.fetch(PAGE, "/other")[0] == 404
    assert beta.apply().json["changed"] == 0
    status_of = beta.run("status", str(beta.folder), "--json").json["hosts"].popitem()[1]["instances"]["beta_portal"]
    assert (status_of["health"], status_of["url"]) == ("healthy", f"https://{PAGE}")
    assert set(beta.write()) == {"beta_radicale"}, "a page without containers has nothing to probe"
    beta.edit(r"^portal: .*\n", "")
    assert beta.apply("--remove").actions == {"beta_portal": "remove"}
    done = beta.run("purge", "portal", "--stack", str(beta.folder / "stack.yaml"), "--yes", "--json")
    assert done.code == 0 and done.json["purged"] == "beta_portal", done.err
    assert beta.apply().json["changed"] == 0
