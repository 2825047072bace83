"""What an expression may be, on demand: the one door of the engine's recursive core.

Values of parameters come from callers, callees come from values: the files of this folder call one
another in a circle, and nothing outside reaches past these names.
"""

from lg_lint.program.inference.attributes import (
    accessors,
    attribute_values,
    class_attribute,
    instance_attribute,
    is_abstract,
    methods,
    module_attribute,
)
from lg_lint.program.inference.callees import CallSiteIndex
from lg_lint.program.inference.callers import (
    Caller,
    callers_of,
    constructions,
)
from lg_lint.program.inference.calls import (
    frame_for,
    partial_frame,
    returned_values,
)
from lg_lint.program.inference.causes import is_unknown, loss_of
from lg_lint.program.inference.classes import (
    base_classes,
    external_bases,
    find_method,
    lineage,
    subclasses,
)
from lg_lint.program.inference.containers import (
    elements,
    entries_of,
    entry_of,
    generator_frame,
    items_of,
    keyword_of,
    sequence,
    unpacked,
)
from lg_lint.program.inference.core import (
    binding_values,
    infer,
    known,
    union,
)
from lg_lint.program.inference.decorators import (
    application_frame,
    applications,
    decorate,
    decorated,
    decorator_calls,
    dispatched,
)
from lg_lint.program.inference.getters import called
from lg_lint.program.inference.hints import annotated_values
from lg_lint.program.inference.imports import absolute
from lg_lint.program.inference.method_calls import MethodCall, method_calls, sites_of_method
from lg_lint.program.inference.named_modules import load_named
from lg_lint.program.inference.narrowing import narrowed
from lg_lint.program.inference.numbers import number
from lg_lint.program.inference.search_path import note_search_paths

__all__ = [
    "CallSiteIndex",
    "Caller",
    "MethodCall",
    "absolute",
    "accessors",
    "annotated_values",
    "application_frame",
    "applications",
    "attribute_values",
    "base_classes",
    "binding_values",
    "called",
    "callers_of",
    "constructions",
    "class_attribute",
    "decorate",
    "decorated",
    "decorator_calls",
    "dispatched",
    "elements",
    "entries_of",
    "entry_of",
    "external_bases",
    "find_method",
    "frame_for",
    "generator_frame",
    "infer",
    "instance_attribute",
    "is_abstract",
    "is_unknown",
    "items_of",
    "keyword_of",
    "known",
    "lineage",
    "load_named",
    "loss_of",
    "method_calls",
    "methods",
    "sites_of_method",
    "module_attribute",
    "narrowed",
    "note_search_paths",
    "number",
    "partial_frame",
    "returned_values",
    "sequence",
    "subclasses",
    "union",
    "unpacked",
]
