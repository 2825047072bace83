"""Which models of a graph's code run under callbacks of their own, without those of the run.

What a call's config names under `callbacks` takes the place of what the run has there, and the
stream of tokens is one of these. Callbacks of the model itself, and those of the run, add up.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import container_methods, named
from lg_lint.model.project import Project
from lg_lint.model.streams.consumers import Audience, Listener
from lg_lint.model.streams.emission import Emission, EmissionKind, Emissions
from lg_lint.model.streams.graph_functions import GraphFunction, GraphFunctions
from lg_lint.program import inference
from lg_lint.program.call_graph.outside_calls import OutsideCall, made_by
from lg_lint.program.site import Site
from lg_lint.program.store import terminal_name
from lg_lint.program.values import Const, Container, ExternalObject, Value, Values

_CONFIG = named("runnable_config")
_ASIDE = {"tool", "router"}
_STRUCTURED = {"with_structured_output"}


class ReplacedCallbacks(Struct, frozen=True):
    """A model's call without the run's callbacks, and who listens to its tokens.

    `method` is how the model is called, `made` the `with_config()` that names the callbacks, where
    the call itself does not.
    """

    frame: GraphFunction
    site: Site
    method: str
    listener: Listener
    made: OutsideCall | None = None


def replaced_callbacks(project: Project) -> Iterator[ReplacedCallbacks]:
    """One for each call whose tokens a client waits for; models that tools ask are left alone."""
    yield from _Search(project).all()


class _Search:
    def __init__(self, project: Project) -> None:
        self.program = project.program
        self.emissions = project.once(Emissions)
        self.frames = project.once(GraphFunctions)
        self.audience = Audience(project, self.frames)

    def all(self) -> Iterator[ReplacedCallbacks]:
        found: dict[t.Node, ReplacedCallbacks] = {}
        for frame in self.frames.all:
            if frame.entry.kind in _ASIDE or not self.audience.of(frame.graph):
                continue
            for emission in self.emissions.of(frame.state):
                known = found.get(emission.node)
                if known is not None and known.listener.certain:
                    continue
                replaced = next(self._replaced(frame, emission), None)
                if replaced is not None and (known is None or replaced.listener.certain):
                    found[emission.node] = replaced
        yield from found.values()

    def _replaced(self, frame: GraphFunction, emission: Emission) -> Iterator[ReplacedCallbacks]:
        call = emission.node
        if emission.kind is not EmissionKind.TOKENS or not isinstance(call, t.Call):
            return
        if _is_structured(emission.receiver):
            return
        site, made = OutsideCall(call, frame.state.env), None
        config = call.argument("config", 1)
        if config is None:
            made = self._configured(emission.receiver)
            if site.is_spread or made is None:
                return
        elif not self._is_written(config, site):
            given = inference.infer(self.program, config, site.env)
            if not any(self._is_own(value) for value in given):
                return
        for listener in self.audience.of(frame.graph):
            if listener.gets(emission, frame.node_name):
                yield ReplacedCallbacks(frame, site, emission.method, listener, made)

    def _configured(self, receiver: Value | None) -> OutsideCall | None:
        """The `with_config()` that gave a model, where it names callbacks."""
        made = made_by(receiver)
        if made is None or terminal_name(made.node.func) != "with_config":
            return None
        configs = made.argument(self.program, "config", 0)
        own = self._are_own(made.argument(self.program, "callbacks"))
        return made if own or any(self._is_own(config) for config in configs) else None

    def _is_written(self, config: t.Expr, site: Site) -> bool:
        """Whether a config was given callbacks before: `config["callbacks"] = [handler]`."""
        name, scope = terminal_name(config), site.env.scope
        return any(
            where is scope
            and isinstance(write.key, t.Constant)
            and write.key.value == "callbacks"
            and write.value.start < site.node.start
            and self._are_own(inference.infer(self.program, write.value, site.env))
            for write, where in (self.program.item_writes(name) if name is not None else ())
        )

    def _is_own(self, config: Value) -> bool:
        """Whether a config names callbacks, and surely none of the run's."""
        if isinstance(config, Container) and config.kind == "dict":
            return self._are_own(inference.entry_of(self.program, (config,), "callbacks"))
        if isinstance(config, ExternalObject) and config.type == _CONFIG:
            made = made_by(config)
            return made is not None and self._are_own(made.argument(self.program, "callbacks"))
        return False

    def _are_own(self, callbacks: Values) -> bool:
        """Whether callbacks are a list that the code has written; an empty one means silence."""
        listed = [value for value in callbacks if self._is_filled_list(value)]
        return bool(listed) and all(
            value in listed or isinstance(value, (Const, Container)) for value in callbacks
        )

    def _is_filled_list(self, value: Value) -> bool:
        if not isinstance(value, Container) or value.kind not in ("list", "tuple"):
            return False
        node = value.node
        if isinstance(node, t.Sequence) and any(isinstance(item, t.Starred) for item in node.items):
            return False
        return bool(inference.items_of(self.program, value) or _is_added_to(value))


def _is_added_to(value: Container) -> bool:
    """Whether an empty list is given a name that something is appended to."""
    scope = value.env.scope
    names = {
        name
        for name, bindings in scope.bindings.items()
        if any(binding.value is value.node for binding in bindings)
    }
    methods = container_methods()
    return any(
        isinstance(func := site.node.func, t.Attribute)
        and methods.named(func.attr).adds
        and isinstance(func.value, t.Name)
        and func.value.id in names
        for site in scope.calls
    )


def _is_structured(value: Value | None) -> bool:
    """Whether a model fills in a schema: nobody reads the tokens of that."""
    while isinstance(value, ExternalObject):
        if isinstance(value.site, t.Call) and terminal_name(value.site.func) in _STRUCTURED:
            return True
        value = value.base
    return False
