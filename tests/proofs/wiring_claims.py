"""What the proofs about a graph's wiring and state must show, and how their figures read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from .runs import Pause, Run, Write

Runs = Sequence[Run]


def show_nodes(run: Run) -> str:
    return f"{len(set(run.ran))} of {len(run.nodes)} nodes run, {_ending(run)}"


def claim_nodes(bad: Runs, good: Runs) -> Mapping[str, bool]:
    return {
        "a node never runs in the bad forms": all(set(run.ran) < set(run.nodes) for run in bad),
        "and the stream ends cleanly, without an error": not any(_failed(run) for run in bad),
        "every node runs in the good forms": all(
            set(run.ran) == set(run.nodes) and not _failed(run) for run in good
        ),
    }


def claim_fails(error: str) -> Callable[[Runs, Runs], Mapping[str, bool]]:
    """Each bad form ends with the error; no good form with any."""

    def claim(bad: Runs, good: Runs) -> Mapping[str, bool]:
        return {
            f"the bad forms raise {error}, and the connection breaks": all(
                run.error == error and run.broken for run in bad
            ),
            "the good forms end cleanly": not any(_failed(run) for run in good),
        }

    return claim


def show_steps(run: Run) -> str:
    return f"{len(run.ran):,} update{'' if len(run.ran) == 1 else 's'}, {_ending(run)}"


def claim_endless(bad: Runs, good: Runs) -> Mapping[str, bool]:
    return {
        **claim_fails("GraphRecursionError")(bad, good),
        "until then they send at least ten times the updates of a good form": all(
            len(hurt.ran) >= 10 * len(calm.ran) for hurt in bad for calm in good
        ),
    }


def show_asked(run: Run) -> str:
    sent = f"{run.interrupts} `__interrupt__`, {_ending(run)}"
    return f"{sent}; `status` is `{run.last['status']}`"


def claim_asked(bad: Runs, good: Runs) -> Mapping[str, bool]:
    return {
        "no `__interrupt__` arrives in the bad forms": not any(run.interrupts for run in bad),
        "they go on without an answer, or break": all(
            run.last["status"] != run.states[0]["status"] or run.broken for run in bad
        ),
        "the good forms send one and wait": all(
            run.interrupts == 1 and not run.ran and not _failed(run) for run in good
        ),
    }


def show_pause(pause: Pause) -> str:
    return f"{pause.asked.interrupts} `__interrupt__`; resumed: {show_steps(pause.answered)}"


def claim_pause(bad: Sequence[Pause], good: Sequence[Pause]) -> Mapping[str, bool]:
    return {
        "all forms send `__interrupt__` and a clean end": all(
            pause.asked.interrupts == 1 and not _failed(pause.asked) for pause in (*bad, *good)
        ),
        "the bad forms raise RuntimeError when they are resumed": all(
            pause.answered.error == "RuntimeError" and not pause.answered.ran for pause in bad
        ),
        "the good forms go on": all(
            pause.answered.ran and not _failed(pause.answered) for pause in good
        ),
    }


def show_ran(run: Run) -> str:
    return ", ".join(f"`{name}`" for name in run.ran)


def claim_both(bad: Runs, good: Runs) -> Mapping[str, bool]:
    return {
        "each bad form runs one node more than the good form in its place": all(
            len(hurt.ran) == len(calm.ran) + 1 for hurt, calm in zip(bad, good, strict=True)
        ),
        "all forms end cleanly": not any(_failed(run) for run in (*bad, *good)),
    }


def claim_twice(bad: Runs, good: Runs) -> Mapping[str, bool]:
    return {
        "a node runs twice in the bad form": all(_most(run) == 2 for run in bad),
        "each node runs once in the good forms": all(_most(run) == 1 for run in good),
        "the good forms run all nodes": all(set(run.ran) == set(run.nodes) for run in good),
    }


def show_write(write: Write) -> str:
    return f"`{write.key}` is {_shown(write.before)} before, {_shown(write.after)} after"


def claim_lost(bad: Sequence[Write], good: Sequence[Write]) -> Mapping[str, bool]:
    return {
        "the key holds what it held before in the bad forms": all(
            write.after == write.before for write in bad
        ),
        "and something new in the good forms": all(write.after != write.before for write in good),
        "no form fails": not any(_failed(write.run) for write in (*bad, *good)),
    }


def _ending(run: Run) -> str:
    if not _failed(run):
        return "then a clean end"
    return f"then {run.error} and the connection breaks"


def _failed(run: Run) -> bool:
    return run.broken or bool(run.error)


def _most(run: Run) -> int:
    return max(Counter(run.ran).values())


def _shown(value: object) -> str:
    return "absent" if value is None else f"`{json.dumps(value)}`"
