"""`python -m tests.oracle --count 5000 --seed 7 --jobs 2`: agreement by rule, disagreements by kind."""

from __future__ import annotations

import argparse
import multiprocessing
from pathlib import Path

from .comparing import Tally, compared


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.oracle")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--write", type=Path, help="a folder for the smallest program of each kind")
    options = parser.parse_args()
    share = -(-options.count // options.jobs)
    work = [(options.seed * 1000 + job, share) for job in range(options.jobs)]
    total = Tally()
    with multiprocessing.get_context("spawn").Pool(options.jobs) as pool:
        for tally in pool.starmap(compared, work):
            total.add(tally)
    _print(total)
    if options.write is not None:
        options.write.mkdir(parents=True, exist_ok=True)
        for number, (kind, text) in enumerate(sorted(total.smallest.items())):
            file = options.write / f"{number:03}.py"
            file.write_text(f"# {kind}\n{text}", encoding="utf-8")


def _print(total: Tally) -> None:
    print(
        f"{total.agreeing} of {total.programs} programs agree: {total.agreeing / total.programs:.4f}"
    )
    for rule in sorted({rule for rule, _ in total.by_rule}):
        right, wrong = total.by_rule[rule, "right"], total.by_rule[rule, "wrong"]
        print(
            f"{rule}  {right} of {right + wrong} that show or tell it agree: {right / (right + wrong):.3f}"
        )
    for kind, count in total.kinds.most_common():
        print(f"{count:5}  {kind}")


if __name__ == "__main__":
    main()
