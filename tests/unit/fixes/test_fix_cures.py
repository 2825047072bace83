"""Each cure on code laid out in odd ways: `«...»` marks the place of the finding."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lg_lint.base.finding import Confidence, Finding, Hop, Place, Severity
from lg_lint.base.fix import Fix
from lg_lint.facts.tree import Span
from lg_lint.fixes.kinds import FixContext
from lg_lint.fixes.parsed import Refusal, Text

AWAIT = Fix.await_twin("ainvoke")
ITERATE = Fix.iterate_twin("astream")
SLEEP = Fix.await_sleep()
HEADERS = Fix.add_headers({"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})
MEDIA_TYPE = Fix.set_keyword("media_type", "text/event-stream")
OLD_ITEMS = Fix.drop_old_items()
DECORATOR = Fix.drop_decorator()


def cured(marked: str, remedy: Fix) -> str:
    return cured_span(marked, lambda _: remedy)


def cured_span(marked: str, remedy: Callable[[Span], Fix]) -> str:
    """The same for a remedy that knows its place in the code."""
    before, _, rest = marked.partition("«")
    inside, _, after = rest.partition("»")
    text = before + inside + after
    span = (*point(before), *point(before + inside))
    found = Finding(
        "LG101",
        "x",
        "x",
        Severity.ERROR,
        Confidence.HIGH,
        Hop.NODE,
        Place("app.py", *span),
        fix=remedy(span),
    )
    edits = FixContext({"app.py": text}).edits(found)
    fixed = Text(text).applied(list(edits))
    compile(fixed, "app.py", "exec", dont_inherit=True)
    return fixed


def point(text: str) -> tuple[int, int]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return len(lines), len(lines[-1]) + 1


def in_async(code: str) -> str:
    return "async def chat():\n" + "".join(f"    {line}\n" for line in code.split("\n"))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x = «graph.invoke(q)»", "x = await graph.ainvoke(q)"),
        ("return «graph.invoke(q)»['a']", "return (await graph.ainvoke(q))['a']"),
        ("return («graph.invoke(q)»)['a']", "return (await graph.ainvoke(q))['a']"),
        ("return «graph.invoke(q)».value", "return (await graph.ainvoke(q)).value"),
        ("return «graph.invoke(q)»()", "return (await graph.ainvoke(q))()"),
        ("f(*«graph.invoke(q)», k=1)", "f(*await graph.ainvoke(q), k=1)"),
        ("return -«graph.invoke(q)» ** 2", "return -await graph.ainvoke(q) ** 2"),
        ("s = f'{«graph.invoke(q)»}'", "s = f'{await graph.ainvoke(q)}'"),
        ("é = 'é'; x = «graph.invoke(q)»  # é", "é = 'é'; x = await graph.ainvoke(q)  # é"),
        ("x = [«graph.invoke(q)» for q in qs]", "x = [await graph.ainvoke(q) for q in qs]"),
        ("x = «graph . invoke ( q )»", "x = await graph . ainvoke ( q )"),
        (
            "x = («graph  # the graph\n     .invoke(  # its run\n         q,\n     )»)",
            "x = (await graph  # the graph\n     .ainvoke(  # its run\n         q,\n     ))",
        ),
        ("if (a := «graph.invoke(q)»): pass", "if (a := await graph.ainvoke(q)): pass"),
    ],
)
def test_await_twin(code: str, expected: str) -> None:
    assert cured(in_async(code), AWAIT) == in_async(expected)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("x = lambda q: «graph.invoke(q)»", "directly in an async function"),
        ("x = («graph.invoke(q)» for q in qs)", "directly in an async function"),
        ("def inner(x=«graph.invoke(q)»): pass", "directly in an async function"),
        ("class Inner:\n    x = «graph.invoke(q)»", "directly in an async function"),
        ("x = [[«graph.invoke(q)» for q in qs] for qs in all]", "comprehensions nest"),
        ("x = «run(q)»", "not called by the name"),
        ("x = «graph.stream(q)»", "not called by the name"),
    ],
)
def test_await_twin_is_refused(code: str, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        cured(in_async(code), AWAIT)


def test_await_twin_is_refused_in_a_plain_function() -> None:
    with pytest.raises(Refusal, match="directly in an async function"):
        cured("def chat():\n    return «graph.invoke(q)»\n", AWAIT)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            "for c in «graph.stream(q)»: yield c",
            "async for c in graph.astream(q): yield c",
        ),
        (
            "for  a ,b  in(«graph.stream(q)»):  # all\n    yield a\nelse:\n    pass",
            "async for  a ,b  in(graph.astream(q)):  # all\n    yield a\nelse:\n    pass",
        ),
        ("x = {c for c in «graph.stream(q)»}", "x = {c async for c in graph.astream(q)}"),
        (
            "x = [\n    c  # each\n    for c in «graph.stream(q)»\n    if c\n]",
            "x = [\n    c  # each\n    async for c in graph.astream(q)\n    if c\n]",
        ),
        (
            "x = [d for c in «graph.stream(q)» for d in c]",
            "x = [d async for c in graph.astream(q) for d in c]",
        ),
        ("x = list(«graph.stream(q)»)", "x = [part async for part in graph.astream(q)]"),
        ("x = list( «graph.stream(q)», )", "x = [part async for part in graph.astream(q)]"),
    ],
)
def test_iterate_twin(code: str, expected: str) -> None:
    assert cured(in_async(code), ITERATE) == in_async(expected)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("x = «graph.stream(q)»", "not iterated by a `for`"),
        ("x = next(«graph.stream(q)»)", "not iterated by a `for`"),
        ("x = list(  # all\n    «graph.stream(q)»)", "a comment"),
        ("x = sum(c for c in «graph.stream(q)»)", "directly in an async function"),
        ("for i, c in enumerate(«graph.stream(q)»): pass", "not iterated by a `for`"),
    ],
)
def test_iterate_twin_is_refused(code: str, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        cured(in_async(code), ITERATE)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_sleep_keeps_line_ends(end: str) -> None:
    marked = 'import time\n\n\nasync def work():\n\tprint("é");  «time.sleep( 1 )»  # short\n'
    expected = (
        "import asyncio\nimport time\n\n\nasync def work():\n"
        '\tprint("é");  await asyncio.sleep( 1 )  # short\n'
    )
    assert cured(marked.replace("\n", end), SLEEP) == expected.replace("\n", end)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("x = «time.sleep(1)»", "no statement of its own"),
        ("«time.sleep(*a)»", "not a plain one"),
        ("asyncio = 1\n«time.sleep(1)»", "means something else"),
        ("«time.sleep(1)»\nimport asyncio", "imported too late"),
        ("if a:\n    import asyncio\n«time.sleep(1)»", "under a condition"),
    ],
)
def test_sleep_is_refused(code: str, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        cured(in_async(code), SLEEP)


NEW = '{"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}'


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x = «R(g())»\n", f"x = R(g(), headers={NEW})\n"),
        ("x = «R(g(), )»\n", f"x = R(g(), headers={NEW}, )\n"),
        (
            "x = «R(g(), media_type='a/b')»\n",
            f"x = R(g(), media_type='a/b', headers={NEW})\n".replace('"', "'"),
        ),
        (
            "x = «R(\n    g(),  # body\n)»  # end\n",
            f"x = R(\n    g(),  # body\n    headers={NEW},\n)  # end\n",
        ),
        (
            "x = «R(\n    g()  # body\n    # nothing else\n)»\n",
            f"x = R(\n    g(),  # body\n    headers={NEW},\n    # nothing else\n)\n",
        ),
        ("x = «R(g(),\n      200)»\n", f"x = R(g(),\n      200, headers={NEW})\n"),
        (
            "x = «R(g(), headers={'cache-control': 'no-store'})»\n",
            "x = R(g(), headers={'cache-control': 'no-store', 'X-Accel-Buffering': 'no'})\n",
        ),
        (
            'x = «R(g(), headers={\n    "A": "b"  # a\n})»\n',
            'x = R(g(), headers={\n    "A": "b",  # a\n    "Cache-Control": "no-cache",\n'
            '    "X-Accel-Buffering": "no",\n})\n',
        ),
        ("x = «R(g(), headers={})»\n", f"x = R(g(), headers={NEW})\n"),
        (
            'x = «R(g(), headers={"X-Accel-Buffering": "off", "Cache-Control": c})»\n',
            'x = R(g(), headers={"X-Accel-Buffering": "no", "Cache-Control": c})\n',
        ),
    ],
)
def test_headers_are_added(code: str, expected: str) -> None:
    assert cured(code, HEADERS) == expected


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("x = «R(g(), **more)»\n", "unpacked arguments"),
        ("x = «R(*all)»\n", "unpacked arguments"),
        ("x = «R(g(), headers=HEADERS)»\n", "not a literal dict"),
        ("x = «R(g(), headers={**HEADERS})»\n", "not all names of headers"),
        ("x = «R(g(), headers={NAME: 'no'})»\n", "not all names of headers"),
        ("x = «R(c for c in d)»\n", "bare generator expression"),
    ],
)
def test_headers_are_refused(code: str, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        cured(code, HEADERS)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x = «R(g())»\n", 'x = R(g(), media_type="text/event-stream")\n'),
        ("x = «R(g(), media_type='a/b')»\n", "x = R(g(), media_type='text/event-stream')\n"),
        ("x = «R(g(), media_type=None)»\n", 'x = R(g(), media_type="text/event-stream")\n'),
    ],
)
def test_keyword_is_set(code: str, expected: str) -> None:
    assert cured(code, MEDIA_TYPE) == expected


def test_keyword_that_is_no_string_is_refused() -> None:
    with pytest.raises(Refusal, match="not a plain string"):
        cured("x = «R(g(), media_type=TYPE)»\n", MEDIA_TYPE)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('x = {«"k"»: state["k"] + [1]}\n', 'x = {"k": [1]}\n'),
        ('x = {"a": 1, «"k"» : (state["k"]+[  1 ]), }\n', 'x = {"a": 1, "k" : ([  1 ]), }\n'),
        (
            'x = {\n    «"k"»: state["k"]\n    + [\n        1,  # one\n    ]}\n',
            'x = {\n    "k": [\n        1,  # one\n    ]}\n',
        ),
    ],
)
def test_old_items_are_dropped(code: str, expected: str) -> None:
    assert cured(code, OLD_ITEMS) == expected


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ('x = {«"k"»: [1] + state["k"]}\n', "not the old items plus"),
        ('x = {«"k"»: state["k"] + more}\n', "not the old items plus"),
        ('x = {«"k"»: state["k"] + ([1])}\n', "not the old items plus"),
        ('x = {«"k"»: (state["k"]  # old\n     + [1])}\n', "a comment"),
        ('x = {1: «"k"»}\n', "no key of a dict"),
    ],
)
def test_old_items_are_refused(code: str, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        cured(code, OLD_ITEMS)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            "@a\n# why\n@«retry(\n    3,\n)»  # thrice\n@b\ndef f():\n    yield 1\n",
            "@a\n# why\n@b\ndef f():\n    yield 1\n",
        ),
        (
            "class C:\n    @ «t.retry»\n    def f(self): yield 1\n",
            "class C:\n    def f(self): yield 1\n",
        ),
    ],
)
def test_decorator_is_dropped(code: str, expected: str) -> None:
    assert cured(code, DECORATOR) == expected


def test_what_is_no_decorator_stays() -> None:
    with pytest.raises(Refusal, match="no decorator"):
        cured("x = «retry(3)»\n", DECORATOR)


def test_code_that_has_moved_is_refused() -> None:
    with pytest.raises(Refusal, match="another shape"):
        cured("x = 1 «+ 2»\n", DECORATOR)
