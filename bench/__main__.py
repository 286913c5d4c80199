"""Benchmarks, each with what a user would do instead in the same run: python -m bench [NAME...] [--json FILE]."""

import argparse
import importlib
import json
from pathlib import Path

NAMES = ("start", "check", "match", "render", "converge", "apply", "save", "search")


def main() -> None:
    """Run the benchmarks asked for and print one table; ratios matter, seconds depend on the machine."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of: {', '.join(NAMES)} (default: all)")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    arguments = parser.parse_args()
    rows = []
    for name in arguments.names or NAMES:
        print(f"== {name}", flush=True)
        for row in importlib.import_module(f"bench.{name}").run():
            rows.append({"benchmark": name, **row})
            print(
                f"   {row['what']:<62} {row['seconds']:>8.2f} s   {row.get('ratio', ''):<10} {row['goal']}", flush=True
            )
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")


main()
