"""Small programs, one a construct of the language, that run straight from top to bottom."""

from __future__ import annotations

HEAD = """
def a(*args, **kwargs): return 1
def b(*args, **kwargs): return 2
def c(*args, **kwargs): return 3
"""

CONSTRUCTS = {
    # --- functions -------------------------------------------------------------------------
    "alias": "f = a\nf()",
    "default argument": "def run(f=a): f()\nrun()\nrun(b)",
    "argument by name": "def run(x, f): f()\nrun(f=a, x=b)",
    "star arguments": "def run(*fs):\n    for f in fs: f()\nrun(a, b)",
    "spread arguments": "def run(x, f): f()\nrun(*[a, b])",
    "keywords": "def run(**fs): fs['two']()\nrun(one=a, two=b)",
    "spread keywords": "def run(f, g): g()\nrun(**{'f': a, 'g': b})",
    "returned function": "def pick(): return a\npick()()",
    "closure": "def make(f):\n    def inner(): return f()\n    return inner\nmake(a)()",
    "closures of two calls": (
        "def make(f):\n    def inner(): return f()\n    return inner\none = make(a)\nmake(b)\none()"
    ),
    "nonlocal": (
        "def outer():\n    f = a\n    def change():\n        nonlocal f\n        f = b\n"
        "    change()\n    return f\nouter()()"
    ),
    "global": "held = None\ndef fill():\n    global held\n    held = a\nfill()\nheld()",
    "lambda": "f = lambda g: g()\nf(a)",
    "conditional expression": "f = a if len('x') else a\nf()",
    "walrus": "if (f := a): f()",
    "recursion": "def down(n):\n    if n: down(n - 1)\ndown(2)",
    "swap": "f, g = a, b\nf, g = g, f\nf()",
    "starred target": "first, *rest = a, b, c\nrest[1]()",
    "returned pair": "def both(): return a, b\n_, g = both()\ng()",
    "immediately called lambda": "(lambda f: f())(a)",
    "function attribute": "def run(): return run.f()\nrun.f = a\nrun()",
    # --- functools and operator ------------------------------------------------------------
    "partial": "import functools\nfunctools.partial(a, 1)()",
    "partial of a caller": ("import functools\ndef run(f, g): g()\nfunctools.partial(run, a)(b)"),
    "partialmethod": (
        "import functools\nclass P:\n    def run(self, f): return f()\n"
        "    go = functools.partialmethod(run, a)\nP().go()"
    ),
    "reduce": "import functools\nfunctools.reduce(a, [1, 2, 3])",
    "map": "list(map(a, [1]))",
    "filter": "list(filter(a, [1]))",
    "sorted by key": "sorted([1, 2], key=a)",
    "max by key": "max([1, 2], key=a)",
    "cached": "import functools\n@functools.lru_cache\ndef run(): return a()\nrun()",
    "singledispatch": (
        "import functools\n@functools.singledispatch\ndef run(x): return a()\n"
        "@run.register\ndef _(x: int): return b()\nrun('text')\nrun(1)"
    ),
    "attrgetter": (
        "import operator\nclass P:\n    def run(self): return a()\n"
        "operator.attrgetter('run')(P())()"
    ),
    "itemgetter": "import operator\noperator.itemgetter('f')({'f': a, 'g': b})()",
    "methodcaller": (
        "import operator\nclass P:\n    def run(self): return a()\n"
        "operator.methodcaller('run')(P())"
    ),
    # --- decorators ------------------------------------------------------------------------
    "decorator": (
        "def deco(f):\n    def inner(*args): return f(*args)\n    return inner\n"
        "@deco\ndef run(): return a()\nrun()"
    ),
    "decorator with arguments": (
        "def deco(g):\n    def wrap(f):\n        def inner(): g(); return f()\n"
        "        return inner\n    return wrap\n@deco(b)\ndef run(): return a()\nrun()"
    ),
    "wraps": (
        "import functools\ndef deco(f):\n    @functools.wraps(f)\n"
        "    def inner(*args, **kw): return f(*args, **kw)\n    return inner\n"
        "@deco\ndef run(): return a()\nrun()"
    ),
    "two decorators": (
        "def one(f):\n    def inner1(): return f()\n    return inner1\n"
        "def two(f):\n    def inner2(): return f()\n    return inner2\n"
        "@one\n@two\ndef run(): return a()\nrun()"
    ),
    "decorator that gives back": "def deco(f): return f\n@deco\ndef run(): return a()\nrun()",
    "class as decorator": (
        "class Deco:\n    def __init__(self, f): self.f = f\n"
        "    def __call__(self): return self.f()\n@Deco\ndef run(): return a()\nrun()"
    ),
    "decorated class": (
        "def deco(cls): return cls\n@deco\nclass P:\n    def run(self): return a()\nP().run()"
    ),
    "decorated method": (
        "def deco(f):\n    def inner(self): return f(self)\n    return inner\n"
        "class P:\n    @deco\n    def run(self): return a()\nP().run()"
    ),
    "wraps around a method": (
        "import functools\ndef deco(f):\n    @functools.wraps(f)\n"
        "    def inner(*args, **kw): return f(*args, **kw)\n    return inner\n"
        "class P:\n    @deco\n    def run(self, g): return g()\nP().run(a)"
    ),
    "registry by a decorator": (
        "held = {}\ndef register(f):\n    held[f.__name__] = f\n    return f\n"
        "@register\ndef run(): return a()\nheld['run']()"
    ),
    "registry under a name": (
        "held = {}\ndef register(name):\n    def put(f):\n        held[name] = f\n"
        "        return f\n    return put\n@register('one')\ndef one(): return a()\n"
        "@register('two')\ndef two(): return b()\nheld['two']()"
    ),
    "registry of classes": (
        "held = []\ndef register(cls):\n    held.append(cls)\n    return cls\n"
        "@register\nclass P:\n    def run(self): return a()\n"
        "for cls in held: cls().run()"
    ),
    # --- containers ------------------------------------------------------------------------
    "list": "fs = [a, b]\nfs[1]()",
    "loop over a list": "for f in [a, b]: f()",
    "append": "fs = []\nfs.append(a)\nfs[0]()",
    "append in a method": (
        "class Bus:\n    def __init__(self): self.fs = []\n"
        "    def on(self, f): self.fs.append(f)\n"
        "    def emit(self):\n        for f in self.fs: f()\n"
        "bus = Bus()\nbus.on(a)\nbus.emit()"
    ),
    "extend": "fs = []\nfs.extend([a])\nfor f in fs: f()",
    "augmented list": "fs = [a]\nfs += [b]\nfor f in fs: f()",
    "sum of lists": "for f in [a] + [b]: f()",
    "slice": "for f in [a, b, c][1:]: f()",
    "dict": "fs = {'x': a, 'y': b}\nfs['y']()",
    "dict with whole numbers": "fs = {1: a, 2: b}\nfs[2]()",
    "get": "fs = {'x': a}\nfs.get('x', b)()",
    "stored item": "fs = {}\nfs['x'] = a\nfs['x']()",
    "item that replaces": "fs = {'x': a}\nfs['x'] = b\nfs['x']()",
    "update": "fs = {'x': a}\nfs.update({'y': b})\nfs['y']()",
    "update by keyword": "fs = {}\nfs.update(x=a)\nfs['x']()",
    "setdefault": "fs = {}\nfs.setdefault('x', a)()",
    "nested dict": "fs = {'x': {'y': a, 'z': b}}\nfs['x']['z']()",
    "merged dict": "fs = {'x': a} | {'y': b}\nfs['y']()",
    "spread dict": "fs = {**{'x': a}, 'y': b}\nfs['x']()",
    "values": "for f in {'x': a, 'y': b}.values(): f()",
    "items": "for name, f in {'x': a}.items(): f()",
    "items of a filled dict": (
        "class R:\n    def __init__(self): self.held = {}\n"
        "    def put(self, k, f): self.held[k] = f\n"
        "    def run(self):\n        for k, f in self.held.items(): f()\n"
        "r = R()\nr.put('x', a)\nr.run()"
    ),
    "first of the values": "held = {}\nheld['x'] = a\nnext(iter(held.values()))()",
    "dict comprehension": "fs = {k: f for k, f in [('x', a)]}\nfs['x']()",
    "list comprehension": "fs = [f for f in (a, b)]\nfor f in fs: f()",
    "calls in a comprehension": "[f() for f in (a, b)]",
    "zip": "for n, f in zip([1, 2], [a, b]): f()",
    "enumerate": "for n, f in enumerate([a, b]): f()",
    "dict of pairs": "fs = dict([('x', a), ('y', b)])\nfs['y']()",
    "dict by keywords": "fs = dict(x=a, y=b)\nfs['y']()",
    "defaultdict": (
        "import collections\nfs = collections.defaultdict(list)\nfs['x'].append(a)\n"
        "for f in fs['x']: f()"
    ),
    "pop": "fs = [a]\nfs.pop()()",
    "deque": "import collections\nfs = collections.deque()\nfs.append(a)\nfs.popleft()()",
    "bound methods in a dict": (
        "class P:\n    def run(self): return a()\n    def go(self): return b()\n"
        "p = P()\nfs = {'run': p.run, 'go': p.go}\nfs['go']()"
    ),
    "namedtuple": (
        "import collections\nPair = collections.namedtuple('Pair', 'f g')\nPair(a, b).g()"
    ),
    "NamedTuple": (
        "import typing\nclass Pair(typing.NamedTuple):\n    f: object\n    g: object\n"
        "Pair(a, b).g()"
    ),
    "SimpleNamespace": "import types\nn = types.SimpleNamespace(f=a, g=b)\nn.g()",
    "set of a namespace": "import types\nn = types.SimpleNamespace()\nn.f = a\nn.f()",
    # --- classes ---------------------------------------------------------------------------
    "method": "class P:\n    def run(self): return a()\nP().run()",
    "constructor": "class P:\n    def __init__(self): a()\nP()",
    "inherited method": ("class P:\n    def run(self): return a()\nclass Q(P): pass\nQ().run()"),
    "override": (
        "class P:\n    def run(self): return a()\nclass Q(P):\n    def run(self): return b()\n"
        "Q().run()"
    ),
    "template method": (
        "class P:\n    def run(self): return self.step()\n    def step(self): return a()\n"
        "class Q(P):\n    def step(self): return b()\nQ().run()"
    ),
    "super": (
        "class P:\n    def run(self): return a()\nclass Q(P):\n"
        "    def run(self): return super().run()\nQ().run()"
    ),
    "constructor by super": (
        "class P:\n    def __init__(self, f): self.f = f\nclass Q(P):\n"
        "    def __init__(self, f): super().__init__(f)\nQ(a).f()"
    ),
    "diamond": (
        "class A:\n    def run(self): return a()\nclass B(A): pass\n"
        "class C(A):\n    def run(self): return b()\nclass D(B, C): pass\nD().run()"
    ),
    "mixin": (
        "class M:\n    def run(self): return self.step()\n"
        "class P(M):\n    def step(self): return a()\nP().run()"
    ),
    "classmethod": (
        "class P:\n    @classmethod\n    def make(cls): return cls()\n"
        "    def run(self): return a()\nP.make().run()"
    ),
    "inherited classmethod": (
        "class P:\n    @classmethod\n    def make(cls): return cls()\n    def run(self): return a()\n"
        "class Q(P):\n    def run(self): return b()\nQ.make().run()"
    ),
    "staticmethod": "class P:\n    @staticmethod\n    def run(f): return f()\nP.run(a)",
    "staticmethod by a call": "class P:\n    run = staticmethod(a)\nP().run()",
    "function in a class": "class P:\n    run = a\nP().run()",
    "attribute": "class P: pass\np = P()\np.f = a\np.f()",
    "field by the constructor": (
        "class P:\n    def __init__(self, f): self.f = f\n    def run(self): return self.f()\n"
        "P(a).run()"
    ),
    "two objects of a class": (
        "class P:\n    def __init__(self, f): self.f = f\none = P(a)\ntwo = P(b)\none.f()"
    ),
    "methods of two objects": (
        "class P:\n    def __init__(self, f): self.f = f\n    def run(self): return self.f()\n"
        "def only(x): return x.run()\nP(b)\nonly(P(a))"
    ),
    "class variable": "class P:\n    f = None\nP.f = a\nP.f()",
    "dataclass": (
        "import dataclasses\n@dataclasses.dataclass\nclass P:\n    f: object\n    g: object\n"
        "P(a, g=b).g()"
    ),
    "dataclass with a default": (
        "import dataclasses\n@dataclasses.dataclass\nclass P:\n    f: object = a\n"
        "    def run(self): return self.f()\nP().run()"
    ),
    "post init": (
        "import dataclasses\n@dataclasses.dataclass\nclass P:\n    n: int\n"
        "    def __post_init__(self): a()\nP(1)"
    ),
    "new": (
        "class P:\n    def __new__(cls): a(); return super().__new__(cls)\n"
        "    def run(self): return b()\nP().run()"
    ),
    "singleton": (
        "class P:\n    held = None\n    @classmethod\n    def get(cls):\n"
        "        if cls.held is None: cls.held = cls()\n        return cls.held\n"
        "    def run(self): return a()\nP.get().run()"
    ),
    "inner class": "class P:\n    class Q:\n        def run(self): return a()\nP.Q().run()",
    "class in a variable": "class P:\n    def run(self): return a()\nkind = P\nkind().run()",
    "class from a dict": (
        "class P:\n    def run(self): return a()\nkinds = {'p': P}\nkinds['p']().run()"
    ),
    "type of an object": ("class P:\n    def run(self): return a()\np = P()\ntype(p)().run()"),
    "class of self": (
        "class P:\n    def again(self): return self.__class__()\n    def run(self): return a()\n"
        "P().again().run()"
    ),
    "metaclass": (
        "class M(type):\n    def make(cls): return cls()\n"
        "class P(metaclass=M):\n    def run(self): return a()\nP.make().run()"
    ),
    "init subclass": ("class P:\n    def __init_subclass__(cls): a()\nclass Q(P): pass"),
    "registry by init subclass": (
        "class P:\n    kinds = []\n    def __init_subclass__(cls): P.kinds.append(cls)\n"
        "class Q(P):\n    def run(self): return a()\nP.kinds[0]().run()"
    ),
    "subclasses": (
        "class P: pass\nclass Q(P):\n    def run(self): return a()\n"
        "for cls in P.__subclasses__(): cls().run()"
    ),
    "enum of functions": (
        "import enum\nclass E(enum.Enum):\n    X = 1\n    def run(self): return a()\nE.X.run()"
    ),
    "chained calls": (
        "class P:\n    def add(self, f): self.f = f; return self\n    def run(self): return self.f()\n"
        "P().add(a).run()"
    ),
    "bound method": "class P:\n    def run(self): return a()\nf = P().run\nf()",
    "unbound method": "class P:\n    def run(self): return a()\nP.run(P())",
    # --- protocols -------------------------------------------------------------------------
    "call": "class P:\n    def __call__(self): return a()\nP()()",
    "property": "class P:\n    @property\n    def f(self): return a()\nP().f",
    "property by a call": "class P:\n    def get(self): return a()\n    f = property(get)\nP().f",
    "setter": (
        "class P:\n    @property\n    def f(self): return a()\n    @f.setter\n"
        "    def f(self, x): b()\nP().f = 1"
    ),
    "cached property": (
        "import functools\nclass P:\n    @functools.cached_property\n    def f(self): return a()\nP().f"
    ),
    "descriptor": (
        "class D:\n    def __get__(self, owner, kind=None): return a()\nclass P:\n    f = D()\nP().f"
    ),
    "getattr of a class": ("class P:\n    def __getattr__(self, name): return a\nP().anything()"),
    "proxy": (
        "class P:\n    def run(self): return a()\nclass Proxy:\n"
        "    def __init__(self, p): self.p = p\n"
        "    def __getattr__(self, name): return getattr(self.p, name)\nProxy(P()).run()"
    ),
    "add": "class P:\n    def __add__(self, other): return a()\nP() + 1",
    "right add": "class P:\n    def __radd__(self, other): return a()\n1 + P()",
    "in place": "class P:\n    def __iadd__(self, other): a(); return self\np = P()\np += 1",
    "negative": "class P:\n    def __neg__(self): return a()\n-P()",
    "compare": "class P:\n    def __lt__(self, other): return a()\nP() < 1",
    "contains": "class P:\n    def __contains__(self, x): return a()\n1 in P()",
    "length": "class P:\n    def __len__(self): return a()\nlen(P())",
    "truth": "class P:\n    def __bool__(self): a(); return True\nif P(): b()",
    "formatted": "class P:\n    def __str__(self): a(); return ''\nf'{P()}'",
    "printed": "class P:\n    def __str__(self): a(); return ''\nprint(P(), end='')",
    "getitem": "class P:\n    def __getitem__(self, k): return a\nP()['x']()",
    "setitem": "class P:\n    def __setitem__(self, k, v): a()\nP()['x'] = 1",
    "class getitem": "class P:\n    def __class_getitem__(cls, k): a(); return cls\nP[int]",
    "iteration": ("class P:\n    def __iter__(self): return iter([a, b])\nfor f in P(): f()"),
    "iterator": (
        "class P:\n    def __init__(self): self.n = 0\n    def __iter__(self): return self\n"
        "    def __next__(self):\n        self.n += 1\n"
        "        if self.n > 1: raise StopIteration\n        return a\nfor f in P(): f()"
    ),
    "iteration that yields": ("class P:\n    def __iter__(self): yield a\nfor f in P(): f()"),
    "iteration by index": (
        "class P:\n    def __getitem__(self, n):\n        if n: raise IndexError\n        return a\n"
        "for f in P(): f()"
    ),
    "context manager": (
        "class P:\n    def __enter__(self): return a\n    def __exit__(self, *e): b()\n"
        "with P() as f: f()"
    ),
    "contextmanager": (
        "import contextlib\n@contextlib.contextmanager\ndef opened():\n    yield a\n"
        "with opened() as f: f()"
    ),
    "exit stack": (
        "import contextlib\nclass P:\n    def __enter__(self): return a\n"
        "    def __exit__(self, *e): pass\n"
        "with contextlib.ExitStack() as stack:\n    f = stack.enter_context(P())\n    f()"
    ),
    "deleted item": "class P:\n    def __delitem__(self, k): a()\ndel P()['x']",
    "own exception": (
        "class E(Exception):\n    def __init__(self): a()\n    def run(self): return b()\n"
        "try:\n    raise E()\nexcept E as e:\n    e.run()"
    ),
    # --- generators and coroutines ---------------------------------------------------------
    "generator": "def gen():\n    yield a\n    yield b\nfor f in gen(): f()",
    "body of a generator": "def gen():\n    a()\n    yield 1\nfor _ in gen(): pass",
    "next": "def gen():\n    yield a\nnext(gen())()",
    "yield from": (
        "def inner():\n    yield a\ndef gen():\n    yield from inner()\nfor f in gen(): f()"
    ),
    "generator expression": "for f in (g for g in [a, b]): f()",
    "list of a generator": "def gen():\n    yield a\nfs = list(gen())\nfs[0]()",
    "coroutine": "import asyncio\nasync def run(): return a()\nasyncio.run(run())",
    "awaited coroutine": (
        "import asyncio\nasync def step(): return a\nasync def run():\n    f = await step()\n    f()\n"
        "asyncio.run(run())"
    ),
    "async generator": (
        "import asyncio\nasync def gen():\n    yield a\nasync def run():\n"
        "    async for f in gen(): f()\nasyncio.run(run())"
    ),
    "async context manager": (
        "import asyncio\nclass P:\n    async def __aenter__(self): return a\n"
        "    async def __aexit__(self, *e): b()\nasync def run():\n    async with P() as f: f()\n"
        "asyncio.run(run())"
    ),
    "async iterator": (
        "import asyncio\nclass P:\n    n = 0\n    def __aiter__(self): return self\n"
        "    async def __anext__(self):\n        self.n += 1\n"
        "        if self.n > 1: raise StopAsyncIteration\n        return a\nasync def run():\n"
        "    async for f in P(): f()\nasyncio.run(run())"
    ),
    # --- names at run time -----------------------------------------------------------------
    "getattr": "class P:\n    def run(self): return a()\ngetattr(P(), 'run')()",
    "getattr by a pattern": (
        "class P:\n    def do_run(self): return a()\ndef call(name):\n"
        "    return getattr(P(), f'do_{name}')()\ncall('run')"
    ),
    "setattr": "class P: pass\np = P()\nsetattr(p, 'f', a)\np.f()",
    "globals": "globals()['a']()",
    "own module": "import sys\nsys.modules[__name__].a()",
    "getattr of the own module": "import sys\ngetattr(sys.modules[__name__], 'a')()",
    "dict of an object": ("class P:\n    def __init__(self): self.f = a\nP().__dict__['f']()"),
    "vars": "class P:\n    def __init__(self): self.f = a\nvars(P())['f']()",
    "dunder by name": "class P:\n    def __getitem__(self, k): return a\nP().__getitem__('x')()",
    "match": "match a:\n    case f: f()",
    "import in a function": (
        "def run():\n    import functools\n    return functools.partial(a)()\nrun()"
    ),
}
