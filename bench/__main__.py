"""Time what a user waits for, each beside plain rdflib or pySHACL doing the same, in one run.

    python -m bench [--runs N]              our data
    python -m bench scale [--times N]       our data, and N times as much of it
    python -m bench rules [--times N]       where the time of loading goes, step by step
    python -m bench.serve                   the server beside other servers
    python -m bench.pages                   every page over HTTP, first paints in Chromium
    python -m bench.check                   our validator beside three others
    python -m bench.watch                   a check that follows saves, beside a new one
    python -m bench.soak                    a million requests to a running server

Whole processes, taken in turn. A figure is the least of its runs; what is dear runs
once and says so. Compare the ratios, not the seconds: machines differ, and their load too.
"""

import argparse

from bench import ours, rules, scale
from bench.measure import Limits


def main() -> None:
    """Run what is asked for and print one table."""
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", nargs="?", choices=["ours", "scale", "rules"], default="ours")
    parser.add_argument("--runs", type=int, default=3, help="runs of what is cheap [3]")
    parser.add_argument("--times", type=int, default=10, help="copies of our data [10]")
    parser.add_argument("--seconds", type=float, default=600, help="end a process then [600]")
    parser.add_argument("--gibibytes", type=float, default=18, help="memory of a process [18]")
    parser.add_argument("--no-check", action="store_true", help="scale: load only")
    asked = parser.parse_args()
    limits = Limits(asked.seconds, asked.gibibytes)
    if asked.what == "ours":
        print(ours.compare(asked.runs, limits))
    elif asked.what == "scale":
        print(scale.compare(asked.times, asked.runs, limits, check=not asked.no_check))
    else:
        print(rules.compare(asked.times))


if __name__ == "__main__":
    main()
