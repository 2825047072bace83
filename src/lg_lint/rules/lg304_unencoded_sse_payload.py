"""Payload of a server-sent event without an encoding

## What it does
Finds event frames whose `data:` holds a chunk of a graph's stream or a dict as Python prints it,
or the raw text of a message. Text in JSON, and responses that split lines themselves
(sse-starlette, `fastapi.sse`), are left alone, and so is a payload that cannot be seen. A generator
expression that the response is given counts like a generator.

Finds, in any streamed response, `json.dumps()` of a chunk that holds messages, which are no JSON.
With `default=str` nothing raises, and they are sent as Python prints them. Which chunks hold
messages follows from the stream's mode and from what the graph's nodes write.

## Why it cuts the stream
A line break ends the field: of `line1\\nline2` the client gets `line1`, and of a token that is a
line break nothing at all. What Python prints of a dict is no JSON: clients fail to parse it.
`json.dumps()` of a message raises TypeError, and the stream ends there.

## What is seen
- unreadable events: JSON errors in the client, single quotes in the data, line breaks that vanish
- breaks off with an error: TypeError at the first message, which `json.dumps()` does not know

## Example
```python
async def events(question: str):
    async for chunk in graph.astream({"question": question}):
        yield f"data: {chunk}\\n\\n"
```

## Use instead
```python
async def events(question: str):
    async for chunk in graph.astream({"question": question}):
        yield f"data: {json.dumps(jsonable_encoder(chunk))}\\n\\n"
```
Where nothing but the text of messages is wanted, `json.dumps(message.content)`.

## When to ignore
Where no token can hold a line break, or the client is made for what Python prints.

## Fix safety
Unsafe: it changes the format that clients parse. The payload goes through `json.dumps()`, an object
through `jsonable_encoder()` of FastAPI first; what is not imported yet is added to the imports.
No fix where the `data:` line holds more than one bare payload, or for objects outside FastAPI, or
for messages that `json.dumps()` gets.

## Evidence
[Measured](../evidence.md#lg304): of a dict as Python prints it no event can be parsed; of tokens
the line breaks are lost, and what follows one inside a token; `json.dumps()` of a message breaks
the connection, of the same passed through `jsonable_encoder()` it does not. In the event stream
format of the HTML standard a field ends with its line.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Severity
from lg_lint.model.graph_analysis.encoded_messages import MessageEncoding, encoded_messages
from lg_lint.model.project import Project
from lg_lint.model.streams.payloads import unencoded
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.response_fixes import payload_fix


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each payload that is printed into a frame."""
    for payload in unencoded(project):
        if payload.is_object:
            message = (
                "clients cannot parse this event: its `data:` holds what Python prints of an "
                "object, which is no JSON"
            )
            encoded = "json.dumps(jsonable_encoder(...))"
        else:
            message = (
                "line breaks of the answer are lost: `data:` holds raw text, and the client gets "
                "it up to its first line break"
            )
            encoded = "json.dumps(...)"
        yield rule.finding(
            project.at(payload.site),
            message,
            trace=[project.step(payload.response.site, "the response")],
            help=f"write {encoded} around it in line {payload.site.span[0]}",
            severity=None if payload.is_object else Severity.WARNING,
            fix=payload_fix(payload),
        )
    for encoding in encoded_messages(project):
        yield _of_messages(rule, project, encoding)


def _of_messages(rule: Rule, project: Project, found: MessageEncoding) -> Finding:
    message = (
        f"the stream breaks off at the first message: {found.encoder}() raises TypeError, since "
        "messages are no JSON"
    )
    change = "write jsonable_encoder(...) around what it gets, or send `.content` alone"
    if found.printed:
        message = (
            "clients get messages as Python prints them, which they cannot parse: messages are no "
            f"JSON, and {found.encoder}() is told to print what it does not know"
        )
        change = "in place of `default`, write jsonable_encoder(...) around what it gets"
    return rule.finding(
        project.at(found.site),
        message,
        trace=[
            project.step(found.run.site, "the run whose chunks hold messages"),
            project.step(found.response.site, "the response"),
        ],
        help=change,
        confidence=Confidence.HIGH if found.certain else Confidence.MEDIUM,
    )


RULE = Rule(
    code="LG304",
    name="unencoded-sse-payload",
    severity=Severity.ERROR,
    hop=Hop.GENERATOR,
    page=__doc__ or "",
    check=check,
    fixable="sometimes",
)
