"""All rewrites over all fixtures, by hand: what each loses.

python -m tests.metamorphic [--rules LG101,LG201] [--only "object: dict"] [--sample 1000 --seed 1]
                            [--show] [--jobs 2]
"""

from __future__ import annotations

import argparse
import collections
import random
from concurrent.futures import ProcessPoolExecutor

from .comparing import Outcome, pairs, tried
from .rewrites import REWRITES


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules", default="LG")
    parser.add_argument("--only", default="")
    parser.add_argument("--sample", type=int, help="so many cases and rewrites, by chance")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    work = pairs(tuple(options.rules.split(",")), options.only)
    if options.sample is not None and options.sample < len(work):
        work = random.Random(options.seed).sample(work, options.sample)
    with ProcessPoolExecutor(options.jobs) as pool:
        outcomes = [each for each in pool.map(tried, work, chunksize=20) if each is not None]
    _show(outcomes, show=options.show)


def _show(outcomes: list[Outcome], *, show: bool) -> None:
    for outcome in outcomes:
        for each in (*outcome.lost, *outcome.new) if show else ():
            print(f"{outcome.rewrite:32} {outcome.case:50} {each}")
    for title, key in (("rewrite", lambda o: o.rewrite), ("rule", lambda o: o.case.split("/")[0])):
        kept: collections.Counter[str] = collections.Counter()
        lost: collections.Counter[str] = collections.Counter()
        new: collections.Counter[str] = collections.Counter()
        for outcome in outcomes:
            kept[key(outcome)] += outcome.kept
            lost[key(outcome)] += len(outcome.lost)
            new[key(outcome)] += len(outcome.new)
        print(f"\n{title:40} kept lost  new share")
        for name in sorted(kept, key=lambda name: kept[name] / max(1, kept[name] + lost[name])):
            share = kept[name] / max(1, kept[name] + lost[name])
            print(f"{name:40} {kept[name]:4} {lost[name]:4} {new[name]:4} {share:.3f}")
    kept_of_all = sum(outcome.kept for outcome in outcomes)
    everything = kept_of_all + sum(len(outcome.lost) for outcome in outcomes)
    print(
        f"\nall: {kept_of_all} of {everything} kept: {kept_of_all / max(1, everything):.4f}, "
        f"{sum(len(outcome.new) for outcome in outcomes)} new, {len(REWRITES)} rewrites"
    )


if __name__ == "__main__":
    main()
