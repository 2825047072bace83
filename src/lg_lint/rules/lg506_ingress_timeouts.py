"""Ingress that gives up before a silent stream goes on

## What it does
Finds paths of a Kubernetes Ingress that carry a live stream to the project's own service and wait
for a shorter time than the stream may be silent: the annotation of the controller, its config map,
or its default where nobody says anything (ingress-nginx and Kong: 60 s, the router of OpenShift:
30 s), against the sleeps and the unheard chat models of the graph, and no heartbeat to fill the
silence. Limits of the whole answer below 60 s count too: `timeout` of Istio, of the Gateway API.

And `proxy-buffering: "on"` where the response does not send `X-Accel-Buffering: no`: a warning with
HTTP/1.0 to the pods, else information, as ingress-nginx speaks HTTP/1.1 and passes chunks on.

What counts is the path that carries this stream, from the Ingress through the Service to the pod
whose image the project builds; patches of kustomize lie over their bases, and charts are read with
their values. Where one of these cannot be seen, nothing is reported. Traefik has no such limit.

Websockets are left alone: uvicorn pings them every 20 s by itself.

## Why it cuts the stream
The controller counts the time between two reads of the answer. When it is over it closes both
connections: the client has status 200 and half an answer, and the run of the graph is cancelled.

## What is seen
- cut after a fixed time: after 60 s without a byte, where nothing else is said
- only behind a proxy: `kubectl port-forward` to the pod shows the whole answer

## Example
```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: assistant
spec:
  ingressClassName: nginx
  rules:
    - http:
        paths:
          - path: /
            pathType: Prefix
            backend: {service: {name: assistant, port: {number: 80}}}
---
apiVersion: v1
kind: Service
metadata: {name: assistant}
spec:
  selector: {app: assistant}
  ports: [{port: 80, targetPort: 8000}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: assistant}
spec:
  selector: {matchLabels: {app: assistant}}
  template:
    metadata: {labels: {app: assistant}}
    spec:
      containers:
        - name: assistant
          image: registry.example.org/assistant:1.4
          command: [uvicorn, "app:app", --host, 0.0.0.0, --port, "8000"]
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
```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: assistant
  annotations:
    nginx.ingress.kubernetes.io/proxy-read-timeout: "3600"
spec:
  ingressClassName: nginx
  rules:
    - http:
        paths:
          - path: /
            pathType: Prefix
            backend: {service: {name: assistant, port: {number: 80}}}
---
apiVersion: v1
kind: Service
metadata: {name: assistant}
spec:
  selector: {app: assistant}
  ports: [{port: 80, targetPort: 8000}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: assistant}
spec:
  selector: {matchLabels: {app: assistant}}
  template:
    metadata: {labels: {app: assistant}}
    spec:
      containers:
        - name: assistant
          image: registry.example.org/assistant:1.4
          command: [uvicorn, "app:app", --host, 0.0.0.0, --port, "8000"]
```

```python
async def research(state: State) -> dict:
    await asyncio.sleep(90)
    return {"notes": await search(state["question"])}

@app.post("/chat")
async def chat(question: str):
    return StreamingResponse(events(question), media_type="text/event-stream", headers=HEADERS)
```

## When to ignore
Where another controller than the one of the class serves the Ingress.

## Fix safety
No fix: how long an ingress may wait is a decision about all that it carries.

## Evidence
[Measured](../evidence.md#lg506) with nginx as ingress-nginx configures it.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Place, Severity
from lg_lint.model.hosting.fronts.buffering import Buffering, buffering
from lg_lint.model.project import Project
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import entry_step
from lg_lint.rules.telling.patience import findings

_HELPS = {
    "ingress-nginx": 'write `nginx.ingress.kubernetes.io/proxy-read-timeout: "3600"` into the '
    "annotations, or send a heartbeat every 15 s",
    "F5 nginx ingress": 'write `nginx.org/proxy-read-timeout: "3600s"` into the annotations, or '
    "send a heartbeat every 15 s",
    "kong": 'write `konghq.com/read-timeout: "3600000"` into the annotations of the service, or '
    "send a heartbeat every 15 s",
    "openshift": "write `haproxy.router.openshift.io/timeout: 1h` into the annotations, or send a "
    "heartbeat every 15 s",
    "": "let it wait longer, as 3600 s, or send a heartbeat every 15 s",
}


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each limit of an ingress that is shorter than a silence behind it."""
    if any(response.live for response in project.responses):
        yield from findings(rule, project, "ingress", _HELPS)
        for found in buffering(project):
            yield _buffered(rule, project, found)


def _buffered(rule: Rule, project: Project, found: Buffering) -> Finding:
    front = found.front
    seen = "arrive" if found.is_certain else "may arrive"
    why = "" if found.is_certain else "; with HTTP/1.1 and no compression it passes them on"
    return rule.finding(
        Place(project.display(found.path), found.line, 1, found.line, 1),
        f"the chunks of {front.asked} {seen} in one lump: {front.kind} is told to buffer, and the "
        f"response does not send `X-Accel-Buffering: no`{why}",
        trace=[
            entry_step(project, front.served.entry),
            project.step(front.served.response.site, "the response"),
        ],
        help='leave the annotation out, or write "off", or send `X-Accel-Buffering: no`',
        severity=None if found.is_certain else Severity.INFO,
        confidence=Confidence.HIGH if found.is_certain else Confidence.MEDIUM,
    )


RULE = Rule(
    code="LG506",
    name="ingress-timeouts",
    severity=Severity.WARNING,
    hop=Hop.PROXY,
    page=__doc__ or "",
    check=check,
)
