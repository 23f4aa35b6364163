"""`python -m benchmarks [NAME...]`: run them and print one table."""

from __future__ import annotations

import argparse
import compileall
import os
import pkgutil
import sys
import time
from importlib import import_module

import benchmarks
from benchmarks import Row, history
from benchmarks.measure import ONLY, ROOT, SKIP_SLOW

HELPERS = {"__main__", "files", "history", "measure", "programs", "wire"}


def main() -> int:
    """Runs what is asked for; the exit code says whether every goal was met."""
    module_names = [module.name for module in pkgutil.iter_modules(benchmarks.__path__)]
    names = [name for name in module_names if name not in HELPERS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names)}")
    parser.add_argument(
        "--skip-slow", action="store_true", help="leave out what takes a minute and more"
    )
    parser.add_argument(
        "--only",
        metavar="TEXT",
        help="measure only files and folders with this text in their name (keys, dashboard)",
    )
    parser.add_argument(
        "--against",
        metavar="RUN",
        help=f"report what is worse than in a run of the history: {history.LAST}, "
        "or the start of its commit or time",
    )
    parser.add_argument(
        "--record", action="store_true", help="append the ratios to benchmarks/history.jsonl"
    )
    args = parser.parse_args()
    unknown = set(args.names) - set(names)
    if unknown:
        parser.error(f"no benchmark is named {', '.join(sorted(unknown))}")
    try:
        past = history.read()
        earlier = (
            None
            if args.against is None
            else history.select(past, args.against, history.machine_kind())
        )
    except history.HistoryError as error:
        parser.error(str(error))
    # As an installed package is: compiled. Every process here must find it so.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    for folder in ("resim_inspect", "runner", "benchmarks"):
        compileall.compile_dir(ROOT / folder, quiet=1)
    if args.skip_slow:
        os.environ[SKIP_SLOW] = "1"
    if args.only:
        os.environ[ONLY] = args.only
    rows: list[Row] = []
    for name in args.names or names:
        module = import_module(f"benchmarks.{name}")
        if not hasattr(module, "run"):
            continue
        before = time.perf_counter()
        rows += module.run()
        print(f"{name}: {time.perf_counter() - before:.0f} s", file=sys.stderr)
    print_table(rows)
    worse = [] if earlier is None else history.regressions(rows, earlier, past)
    if earlier is not None:
        print_regressions(worse, earlier)
    if args.record:
        history.append(history.run_of(rows))
    return 1 if worse or not all(map(met, rows)) else 0


def met(row: Row) -> bool:
    """Return True if a ratio meets its goal."""
    if row["better"] == "higher":
        return row["ratio"] >= row["goal"]
    return row["ratio"] <= row["goal"]


def print_regressions(worse: list[history.Regression], before: history.Run) -> None:
    """Print the rows that are worse than in an earlier run, or a line that none is."""
    name = " of ".join(part for part in (before["commit"], before["time"]) if part)
    print()
    if not worse:
        print(f"Nothing is worse than in {name}.")
        return
    print(f"Worse than in {name}:")
    for regression in worse:
        print(f"  {regression}")


def print_table(rows: list[Row]) -> None:
    """Name, ratio, goal, and what the ratio is made of."""
    table = [("", "ratio", "goal", "", "")]
    for row in rows:
        sign = "≥" if row["better"] == "higher" else "≤"
        verdict = "met" if met(row) else "MISSED"
        ratio, goal = f"{row['ratio']:.3g}", f"{sign} {row['goal']:g}"
        table.append((row["name"], ratio, goal, verdict, row.get("note", "")))
    widths = [max(len(line[column]) for line in table) for column in range(4)]
    for name, ratio, goal, verdict, note in table:
        line = f"{name:{widths[0]}}  {ratio:>{widths[1]}}  {goal:<{widths[2]}}"
        print(f"{line}  {verdict:<{widths[3]}}  {note}".rstrip())


if __name__ == "__main__":
    sys.exit(main())
