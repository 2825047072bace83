"""What nodes write: an abstract interpreter over the statements of a graph's functions.

`of_graph` says, for each node of a graph and each way out of its functions, which keys are written
and what each written value holds of the state's old values: a copy, a grown copy, a slice, markers
that remove, or nothing.
"""

from lg_lint.model.updates import bounds, cycles
from lg_lint.model.updates.domain import Content, Mutation
from lg_lint.model.updates.functions import PREVIOUS, FunctionUpdates, Path, Update, analyse
from lg_lint.model.updates.graphs import GraphUpdates, Write, of_graph
from lg_lint.model.updates.run import Comparison

__all__ = [
    "PREVIOUS",
    "Comparison",
    "Content",
    "FunctionUpdates",
    "GraphUpdates",
    "Mutation",
    "Path",
    "Update",
    "Write",
    "analyse",
    "bounds",
    "cycles",
    "of_graph",
]
