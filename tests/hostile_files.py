"""Files made to keep a reader of profiles busy, of a wished size; bench/check.py measures them at full size."""

from pathlib import Path

from provisioner.load import MAX_BYTES

FULL = MAX_BYTES - 1024
GOOD = (Path(__file__).parent / "cases" / "profile" / "good.yaml").read_text("utf-8")


def hostile_files(size: int = FULL) -> dict[str, str]:
    """Given a size in bytes, return the texts by file name, each about as large as that where size is its weapon."""
    yaml_, json_ = _yaml(size), _json(size)
    texts = {f"{name}.yaml": text for name, text in yaml_.items()} | {
        f"{name}.json": text for name, text in json_.items()
    }
    return {name: text[:size] for name, text in texts.items()} | {
        f"{name}.yaml": text for name, text in _values().items()
    }


def _yaml(size: int) -> dict[str, str]:
    def many(text: str, before: str = "", after: str = "") -> str:
        """Repeat a text, {} being its number, until the size or nearly the most values that are read is reached."""
        count = min(size // (len(text) + 3), 19_000 // (1 + text.count(":")))
        return before + "".join(text.replace("{}", str(number)) for number in range(count)) + after

    return {
        "too many needs": "needs:\n" + "- {id: x}\n" * (size // 10),
        "wrong needs": many("- {id: w{}rd}\n", "needs:\n"),
        "needs near known ones": many("- {id: website{}}\n", "needs:\n"),
        "wrong tools": many("- {tool: T{}}\n", "existing_tools:\n"),
        "words near known ones": many("website{},", "existing_tools: [{covers: [", "]}]"),
        "the same audience": many("board,", "needs: [{audience: [", "]}]"),
        "unknown keys": many("presidnt{}: 1\n"),
        "key over and over": many("budget: 1\n"),
        "key over and over behind a good profile": many("budget: {monthly_eur: 1}\n", GOOD),
        "one long word": f"needs_profile: {'a' * size}",
        "one long key": f'? "{"a" * (size - 16)}"\n: 1',
        "signs of addresses": f"x-a: {'a@' * (size // 2)}",
        "addresses": many("a@b.fr,", "x-a: [", "]"),
        "comments": many("# a@b.fr\n"),
        "endless note": many("Jean 06 12 M. ", 'needs: [{id: x, note: "', '"}]'),
        "notes": many("- {note: voir Jean Dupont}\n", "needs:\n"),
        "anchors": many("a{}: &x{} 1\n"),
        "stars": many("*a "),
        "nested flow": "[" * size,
        "nested blocks": "".join(" " * depth + "a:\n" for depth in range(int(size**0.5))),
        "nested flow, closed": "x-a: " + "[" * 38 + "[]," * (size // 4) + "]" * 38,
        "digits": f"needs_profile: {'1' * size}",
        "mandated": many("t{},", "limits: {mandated: [", "]}"),
        "assumed": many("/needs/{}/data,", "profile: {assumed: [", "]}"),
        "line breaks": 'x-a: "' + "\\n" * (size // 2) + '"',
        "colons": ": " * (size // 2),
        "NUL": "needs_profile: \x00",
        "keys that are no words": "1: a\nnull: b\n? [c]\n: d\n? {e: f}\n: g\ntrue: h\n1.5: i\n",
    }


def _json(size: int) -> dict[str, str]:
    return {
        "needs": '{"needs": [' + '{"id": "x"},' * (size // 16) + "1]}",
        "the same key": "{" + '"needs": 1,' * (size // 16) + '"x": 1}',
        "nested": "[" * size,
        "nested objects": '{"a":' * (size // 5),
        "numbers": "[" + "1e5," * (size // 8) + "1]",
        "one number": "1" * size,
        "blanks": " " * size,
        "escapes": '"' + "\\ud800" * (size // 6),
        "lone surrogates": '{"\\ud800": "\\udfff", "profile": {"id": "\\ud83d"}, "x-a": "\\udc00"}',
        "too large a number": '{"needs_profile": "1.0", "budget": {"monthly_eur": 1e400, "one_off_eur": -1e999}}',
    }


def _values() -> dict[str, str]:
    """Return a right profile with numbers that no computer likes."""
    digits = "9" * 5000
    return {
        "infinite": GOOD.replace("monthly_eur: 12", "monthly_eur: .inf").replace("ram_mb: 4096", "ram_mb: .nan"),
        "too large": GOOD.replace("monthly_eur: 12", "monthly_eur: 1.0e+400"),
        "five thousand digits": GOOD.replace("monthly_eur: 12", f"monthly_eur: {digits}").replace("110", digits),
        "a day that is none": GOOD.replace('created: "2026-03-14"', "created: !!timestamp 2026-99-99"),
    }
