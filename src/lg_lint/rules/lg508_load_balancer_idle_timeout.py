"""Load balancer that gives up before a silent stream goes on

## What it does
Finds load balancers of AWS and Google, in Terraform, CloudFormation, and as a Kubernetes Ingress
orders them, that carry a live stream and wait for a shorter time than the stream may be silent:
`idle_timeout`, through variables and modules, or 60 s where nobody says it, against the sleeps and
the unheard chat models of the graph behind it, and no heartbeat to fill the silence.

Which application a load balancer leads to is found by the stack that makes both. Where no file says
it, it counts if it is the only load balancer of the project and there is only one application, with
less confidence. Information where it is the default, as nobody has decided on it. A backend service
of Google limits the whole answer: one with a chosen time below 60 s is reported.

Network load balancers are left alone: they do not look at the answer.

## Why it cuts the stream
The idle timeout counts the time without a byte in either direction. When it is over the load
balancer closes the connection: the client has status 200 and half an answer.

## What is seen
- cut after a fixed time: after 60 s without a byte, where nothing else is said
- only behind a proxy: a request to the task itself shows the whole answer

## Example
```hcl
resource "aws_lb" "main" {
  load_balancer_type = "application"
  idle_timeout       = 60
}
```

```python
async def research(state: State) -> dict:
    await asyncio.sleep(90)
    return {"notes": await search(state["question"])}

@app.post("/chat")
async def chat(question: str):
    return StreamingResponse(events(question), media_type="text/event-stream", headers=HEADERS)
```

## Use instead
```hcl
resource "aws_lb" "main" {
  load_balancer_type = "application"
  idle_timeout       = 3600
}
```

```python
async def research(state: State) -> dict:
    await asyncio.sleep(90)
    return {"notes": await search(state["question"])}

@app.post("/chat")
async def chat(question: str):
    return StreamingResponse(events(question), media_type="text/event-stream", headers=HEADERS)
```

A heartbeat of the application, such as `EventSourceResponse(events(question), ping=15)` of
sse-starlette, also holds for load balancers that nobody here knows.

## When to ignore
Where the load balancer stands before something else.

## Fix safety
No fix: how long a load balancer may wait is a decision about all that it carries.

## Evidence
From the documentation of the platforms, which do not run on one machine; what a cut in a silence
does to a stream is [measured](../evidence.md#lg505) with nginx.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Finding, Hop, Severity
from lg_lint.model.project import Project
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.patience import findings

_HELPS = {
    "Google load balancer": "raise timeout_sec above what an answer may take: it limits all of it",
    "": "raise the idle timeout, as to 3600 s, or send a heartbeat every 15 s",
}


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each limit of a balancer that is shorter than a silence behind it."""
    if any(response.live for response in project.responses):
        yield from findings(rule, project, "balancer", _HELPS)


RULE = Rule(
    code="LG508",
    name="load-balancer-idle-timeout",
    severity=Severity.WARNING,
    hop=Hop.PLATFORM,
    page=__doc__ or "",
    check=check,
)
