"""What code does with a session: statements that take a connection, calls that give it back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import table
from lg_lint.model.project import Project
from lg_lint.program import inference
from lg_lint.program.blocks import ALWAYS, blocks_of, leaves, rarity
from lg_lint.program.call_graph.execution import CallNode
from lg_lint.program.scopes import CallSite, Function
from lg_lint.program.site import Site
from lg_lint.program.values import ExternalObject, Values

_DEPTH = 6


class Event(Struct, frozen=True):
    """A statement on a connection where it `takes` one, else what gives it back."""

    takes: bool
    site: Site
    certain: bool = True


class ConnectionUses:
    """Follows one session: by its value, and by the parameters that are filled with it."""

    def __init__(
        self, project: Project, values: Values, holders: Mapping[Function, set[str]]
    ) -> None:
        self.project = project
        self.program = project.program
        self.made = {value.site for value in values if isinstance(value, ExternalObject)} - {None}
        self.holders = dict(holders)
        self.rows = table("connections")["pools"]

    def last(self, node: CallNode, until: t.Node | None = None, depth: int = 0) -> Event | None:
        """The last event in a function, up to a node of it; what gives back must always do so."""
        names = frozenset(self.holders.get(node.function, ()))
        events = sorted(self._events(node, names, until, depth), key=lambda item: item[0])
        for _, always, event in reversed(events):
            if event.takes or always:
                return event
        return None

    def _events(
        self, node: CallNode, names: frozenset[str], until: t.Node | None, depth: int
    ) -> Iterator[tuple[int, bool, Event]]:
        function = node.function
        for site, _ in self.project.execution.calls(node):
            if until is not None and (site.node.start > until.end or _goes_elsewhere(site, until)):
                continue
            event = self._direct(site, node, names) or self._through(site, node, names, depth)
            if event is not None:
                yield site.node.end, _always(function, site.node), event
        for statement in function.withs:
            if until is not None and (statement.end > until.start):
                continue
            for item in statement.items:
                if self._is_block_of(item.context, node, names):
                    given_back = Event(False, Site(item.context, node.env))
                    yield statement.end, _always(function, statement), given_back

    def _direct(self, site: CallSite, node: CallNode, names: frozenset[str]) -> Event | None:
        func = site.node.func
        if not isinstance(func, t.Attribute):
            return None
        takes = func.attr in self.rows["uses"]
        if not takes and func.attr not in self.rows["releases"]:
            return None
        if not self._is_session(func.value, node, names):
            return None
        return Event(takes, Site(site.node, node.env))

    def _is_block_of(self, context: t.Expr, node: CallNode, names: frozenset[str]) -> bool:
        """`with session:`, `with session.begin():`."""
        if isinstance(context, t.Call) and isinstance(context.func, t.Attribute):
            begins = context.func.attr == "begin"
            return begins and self._is_session(context.func.value, node, names)
        return self._is_session(context, node, names)

    def _is_session(self, expr: t.Expr, node: CallNode, names: frozenset[str]) -> bool:
        if isinstance(expr, t.Name) and expr.id in names:
            return True
        if not self.made or not isinstance(expr, (t.Name, t.Attribute)):
            return False
        found = inference.infer(self.program, expr, node.env)
        return any(isinstance(each, ExternalObject) and each.site in self.made for each in found)

    def _through(
        self, site: CallSite, node: CallNode, names: frozenset[str], depth: int
    ) -> Event | None:
        """What a called function does last with the session."""
        if depth > _DEPTH:
            return None
        found: Event | None = None
        for edge in self.project.execution.edges(node):
            if edge.node is not site.node or edge.target.function.is_generator:
                continue
            target = edge.target
            given = self._given(site.node, target.function, node, names)
            before = self.holders.get(target.function)
            self.holders[target.function] = given | (before or set())
            event = self.last(target, None, depth + 1)
            if before is None:
                del self.holders[target.function]
            else:
                self.holders[target.function] = before
            if event is not None and (found is None or event.takes):
                found = event
        return Event(found.takes, Site(site.node, node.env), found.certain) if found else None

    def _given(
        self, call: t.Call, function: Function, node: CallNode, names: frozenset[str]
    ) -> set[str]:
        """The parameters of a function that a call fills with the session."""
        params = [param for param in function.params if param.kind == "positional"]
        if function.self_name is not None:
            params = params[1:]
        found = set()
        for index, arg in enumerate(call.args):
            if arg.star or not self._is_session(arg.value, node, names):
                continue
            if arg.keyword is not None:
                found.add(arg.keyword)
            elif index < len(params):
                found.add(params[index].name)
        return found


def _always(function: Function, node: t.Node) -> bool:
    body = function.node.body if isinstance(function.node, t.FunctionDef) else ()
    return rarity(body, node) == ALWAYS


def _goes_elsewhere(site: CallSite, until: t.Node) -> bool:
    """Whether a call stands in a block that is left before another place is come to."""
    for statement in site.enclosing:
        for block in blocks_of(statement):
            if t.in_block(block, site.node) and leaves(block) and not t.in_block(block, until):
                return True
    return False
