"""One interpretation of a node: what its activations share, and one activation of a function."""

from __future__ import annotations

from collections.abc import Mapping as Table

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.model.state_flow.lattice import OPAQUE, AbstractObject, Content, Entry, Mapping, Refs
from lg_lint.model.state_flow.limits import Limits
from lg_lint.model.state_flow.store import Store
from lg_lint.program import inference
from lg_lint.program.scopes import Function
from lg_lint.program.site import Site
from lg_lint.program.store import Program
from lg_lint.program.values import Const, Env, Values

MAX_DEPTH = 6
_MAX_STEPS = 40_000


class Comparison(Struct, frozen=True):
    """A test that compares a value of the state, or a variable that outlives the call.

    `lengths` for keys whose length is compared, `values` for keys whose value is. `limits` are the
    keys that the other side reads. `site` is that of the side itself.
    """

    lengths: frozenset[str]
    values: frozenset[str]
    limits: frozenset[str]
    other: t.Expr
    site: Site


class Lead(Struct, frozen=True):
    """A result that depends on whether one of some keys is truthy: given where it is, or is not."""

    flags: frozenset[str]
    site: Site
    holds: bool


class Facts(Struct):
    """What a condition says: keys whose length it checks, whose items, and that it mentions.

    `present`: names that it says are in a value of the state. `flags`: keys of which one that is
    truthy makes it hold, or fail where it is `negated`. `holds`: how it ends, where that is known.
    """

    lengths: set[str] = field(default_factory=set)
    members: set[str] = field(default_factory=set)
    present: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    flags: frozenset[str] = frozenset()
    negated: bool = False
    holds: bool | None = None


class Interpretation(Struct):
    """What the activations of one node share.

    `old` are the cells of the state's own values, `through` the returns of helpers that hand a
    cell on. `counted`: attributes and variables of an outer frame to which something is added.
    `leads`: what is returned, or chosen, by a flag of the state.
    `is_first_round`: of a loop, of which there will be a second. `limits`: counters that are at
    their limits; None where any value of theirs is looked at.
    """

    program: Program
    shapes: Table[str, str]
    comparisons: list[Comparison] = field(default_factory=list)
    counted: list[Site] = field(default_factory=list)
    leads: list[Lead] = field(default_factory=list)
    old: dict[str, int] = field(default_factory=dict)
    through: dict[int, list[Site]] = field(default_factory=dict)
    steps: int = 0
    is_first_round: bool = False
    cells: int = 0
    limits: Limits | None = None

    @property
    def exhausted(self) -> bool:
        """Whether it took more steps than a node is worth: what it found is not complete."""
        return self.steps > _MAX_STEPS

    def index(self) -> int:
        """The number of a new cell."""
        self.cells += 1
        return self.cells


class Result(Struct):
    """One way out of an activation: a return, or a yield of a generator."""

    value: Refs
    expr: t.Expr | None
    flow: Store


class Activation(Struct):
    """One activation of a function; `given` is what a generator yields, as items of one list."""

    session: Interpretation
    env: Env
    stack: tuple[Function, ...]
    results: list[Result] = field(default_factory=list)
    yields: list[Result] = field(default_factory=list)
    given: dict[t.Node, Content] = field(default_factory=dict)
    jumps: list[list[Store]] = field(default_factory=list)
    facts: Facts = field(default_factory=Facts)
    asking: bool = False

    @property
    def program(self) -> Program:
        """The program that the function belongs to."""
        return self.session.program

    def site(self, node: t.Node) -> Site:
        """A node in the environment of this activation."""
        return Site(node, self.env)

    def new(self, flow: Store, cell: AbstractObject) -> Refs:
        """A value that is one new cell."""
        index = self.session.index()
        flow.cells[index] = cell
        return frozenset((index,))

    def put(self, flow: Store, content: Content) -> Refs:
        """A new value with this content; nothing where it says nothing."""
        return OPAQUE if content == Content() else self.new(flow, content)

    def infer(self, expr: t.Expr) -> Values:
        """The values of an expression in the environment of this activation."""
        return inference.infer(self.program, expr, self.env)

    def lead(self, facts: Facts, expr: t.Expr, *, holds: bool) -> None:
        """Notes what a condition leads to."""
        if facts.flags:
            lead = Lead(facts.flags, self.site(expr), holds != facts.negated)
            self.session.leads.append(lead)

    def truth(self, flow: Store, value: Refs) -> bool | None:
        """Whether a value is truthy where counters are at their limits; None where not known."""
        limits = self.session.limits
        if limits is None or not value:
            return None
        found = {limits.truth(content) for _, content in flow.contents(value)}
        return found.pop() if len(found) == 1 and not flow.mappings(value) else None

    def stands(self, flow: Store, expr: t.Expr) -> Refs:
        """A value that is only known to be what an expression says."""
        if self.session.limits is None:
            return OPAQUE
        return self.new(flow, Content(origins=(self.site(expr),)))

    def constant(self, expr: t.Expr) -> object:
        """The one literal that an expression stands for, else None."""
        if isinstance(expr, t.Constant):
            return expr.value
        values = self.infer(expr)
        if len(values) == 1 and isinstance(values[0], Const):
            return values[0].value
        return None

    def old(self, flow: Store, key: str, site: Site) -> Refs:
        """The state's own value of a key."""
        index = self.session.old.get(key)
        if index is None:
            index = self.session.old[key] = self.session.index()
        if index not in flow.cells:
            shape = self.session.shapes.get(key, "")
            flow.cells[index] = Content(reads=((key, site),), shape=shape, alias=key)
        return frozenset((index,))

    def member(self, flow: Store, mapping: Mapping, key: str, node: t.Node) -> Refs:
        """The value of a key of a mapping; the state's own where it has no other."""
        entry = mapping.entries.get(key)
        value = entry.value if entry is not None else OPAQUE
        if mapping.base and key not in mapping.excluded and (entry is None or entry.optional):
            value |= self.old(flow, key, self.site(node))
        if self.asking:
            self.facts.keys |= flow.content(value).keys
        return value

    def entry(self, value: Refs, key: t.Node, written: t.Node) -> Entry:
        """An entry of a dict: its value, and where its key and the value are written."""
        return Entry(value, self.site(key), self.site(written))
