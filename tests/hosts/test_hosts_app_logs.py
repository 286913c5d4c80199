"""Failed sign-ins that only an application's own log tells: who guesses is shut out, and nobody else by any trick."""

import sys
import time
from pathlib import Path

import pytest
from rehearsal import Host, HostMaker, Stack, StackMaker

from provisioner import runner
from provisioner.host.sign_ins import SILENCE
from provisioner.limits import FAILURES

pytestmark = pytest.mark.lab
HERE = Path(__file__).parent
CHAT, WIKI = "discussion.talk.lab.test", "encyclopedie.talk.lab.test"
ELSEWHERE, BROKEN = "198.51.100.1", "\n:association  warn\tFailed sign-in from 198.51.100.1\n"
LOG = "/run/provisioner/sign-in/applications.log"


@pytest.fixture(scope="module")
def talk(make_host: HostMaker, make_stack: StackMaker) -> Stack:
    """Return a stack with Prosody and MediaWiki, applied; another association has a Prosody on the same host."""
    stack = make_stack("talk", make_host("apps", "13"), ["prosody", "mediawiki"], "none")
    stack.apply()
    make_stack("other", stack.host, ["prosody"], "none").apply()
    return stack


def ask(way: str, talk: Stack, domain: str, name: str, password: str, times: int, guest: Host | None) -> list[str]:
    """Sign in so often from the guest's host, or from this machine, and return what came of each: in, wrong, shut.

    `way` is a program in sign_in/. Each request says in its headers that it comes from elsewhere.
    """
    program = (HERE / "sign_in" / f"{way}.py").read_text("utf-8")
    words = [talk.host.lab.address, domain, name, password, str(times), ELSEWHERE]
    if guest is None:
        return runner.run([sys.executable, "-c", program, *words], timeout=120).stdout.split()
    guest.run("cat > /root/sign_in.py", program)
    guest.run("cat > /root/words", "\0".join(words))
    return guest.run("xargs -0 -a /root/words python3 /root/sign_in.py").split()


def chat(talk: Stack, times: int, guest: Host | None, password: str = "wrong", domain: str = CHAT) -> list[str]:
    return ask("xmpp", talk, domain, "admin", password, times, guest)


def own_password(talk: Stack, service: str) -> str:
    ending = f"{service}/secrets/admin_password"
    return next(text for path, text in talk.secrets_there().items() if path.endswith(ending))


def noted(talk: Stack) -> list[str]:
    """Return the addresses that were noted since the host was started."""
    return talk.host.from_below(f'sed -E \'s/.*remote_ip":"([^"]*).*/\\1/\' {LOG}').split()


def wait_for_notes(talk: Stack, count: int) -> None:
    deadline = time.monotonic() + SILENCE + 20
    while len(noted(talk)) < count:
        assert time.monotonic() < deadline, noted(talk)
        time.sleep(0.3)


def banned(talk: Stack) -> list[str]:
    return talk.host.from_below("fail2ban-client get sign-in banip").split()


def wait_for_ban(talk: Stack, address: str) -> None:
    deadline = time.monotonic() + 30
    while address not in banned(talk):
        assert time.monotonic() < deadline, talk.host.from_below("fail2ban-client status sign-in")
        time.sleep(0.5)


def let_in(talk: Stack) -> None:
    """Forget all bans, and failures that did not lead to one, once the last of them was read."""
    time.sleep(3)
    talk.host.from_below("fail2ban-client restart --unban sign-in")


def test_who_guesses_in_a_chat_is_shut_out_at_the_last_try_and_nobody_else(talk: Stack, bare: Host) -> None:
    before = len(noted(talk))
    assert chat(talk, FAILURES - 1, bare) == ["wrong"] * (FAILURES - 1)
    wait_for_notes(talk, before + FAILURES - 1)
    time.sleep(3)
    assert banned(talk) == [] and set(noted(talk)[before:]) == {bare.lab.address}, "nor was a header believed"
    right = own_password(talk, "prosody")
    assert chat(talk, 2, bare, right) == ["in", "in"], "after so many, the right password still lets in"
    assert chat(talk, 1, bare) == ["wrong"]
    wait_for_ban(talk, bare.lab.address)
    assert chat(talk, 1, bare, right) == ["shut"] and banned(talk) == [bare.lab.address]
    assert chat(talk, 2, None, right) == ["in", "in"], "others go on"
    let_in(talk)


@pytest.mark.parametrize("way", ["client", "login", "page"])
def test_who_guesses_in_a_wiki_is_shut_out_by_page_and_by_program(talk: Stack, bare: Host, way: str) -> None:
    assert ask("wiki", talk, WIKI, f"{way}:Admin", "wrong", FAILURES, bare) == ["wrong"] * FAILURES
    wait_for_ban(talk, bare.lab.address)
    assert banned(talk) == [bare.lab.address] and ELSEWHERE not in noted(talk)
    right = own_password(talk, "mediawiki")
    assert ask("wiki", talk, WIKI, f"{way}:Admin", right, 2, None) == ["in", "in"]
    let_in(talk)


def test_names_made_to_look_like_lines_of_the_log_accuse_nobody_else(talk: Stack, bare: Host) -> None:
    for name in (BROKEN, f"x from {ELSEWHERE}", f"mediawiki: failed sign-in from {ELSEWHERE}"):
        ask("xmpp", talk, CHAT, name, "wrong", 2, bare)
        for way in ("client", "login"):
            ask("wiki", talk, WIKI, f"{way}:{name}", "wrong", 2, bare)
    # A line so long that the engine cuts it just before what looks like a failure.
    forged = f"x:association  warn\\tFailed sign-in from {ELSEWHERE}\\n"
    long = f"{{ head -c 16384 /dev/zero | tr '\\0' a; printf '{forged}'; }} > /proc/1/fd/1"
    talk.host.run("docker exec -i talk_prosody-app-1 sh", long)
    chat(talk, 1, bare)
    time.sleep(3)
    assert ELSEWHERE not in noted(talk) and set(noted(talk)) <= {bare.lab.address}
    let_in(talk)


def test_failures_count_on_whatever_becomes_of_logs_containers_and_docker(talk: Stack, bare: Host) -> None:
    before = len(noted(talk))
    assert chat(talk, 4, bare) == ["wrong"] * 4
    assert chat(talk, 4, bare, domain="discussion.other.lab.test") == ["wrong"] * 4, "both associations count"
    # As JSON more than three files of 10 MB hold: the log is rotated, and its beginning is gone.
    fill = "yes 'a line that means nothing and fills the log' | head -n 500000 > /proc/1/fd/1"
    talk.host.run("docker exec -i talk_prosody-app-1 sh", fill)
    assert chat(talk, 4, bare) == ["wrong"] * 4
    wait_for_notes(talk, before + 12)
    talk.host.run("docker rm -f talk_prosody-app-1")
    talk.apply()
    assert chat(talk, 4, bare) == ["wrong"] * 4
    talk.host.run("systemctl restart docker && docker restart talk_prosody-app-1")
    deadline = time.monotonic() + 60
    while "in" not in chat(talk, 1, None, own_password(talk, "prosody")):
        assert time.monotonic() < deadline
        time.sleep(2)
    wait_for_notes(talk, before + 16)
    talk.host.run("systemctl restart provisioner-sign-ins && sleep 2")
    assert banned(talk) == []
    told = chat(talk, FAILURES - 16, bare)
    assert "in" not in told and "wrong" in told
    wait_for_ban(talk, bare.lab.address)
    let_in(talk)


def test_who_is_never_banned_is_not_by_such_a_log_either_and_apply_rests(talk: Stack, bare: Host) -> None:
    other = talk.folder.parent / "other" / "stack.yaml"  # the host is one: both associations say the same of it
    for path in (talk.folder / "stack.yaml", other):
        text = path.read_text("utf-8")
        assert text.count("  never_banned: []") == 1
        path.write_text(text.replace("  never_banned: []", f"  never_banned: [{bare.lab.address}/32]"), "utf-8")
    talk.apply(str(other))
    assert chat(talk, FAILURES + 2, bare) == ["wrong"] * (FAILURES + 2)
    time.sleep(4)
    assert banned(talk) == []
    assert talk.apply().json["changed"] == 0
