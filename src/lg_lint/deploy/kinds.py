"""Which adapter a file is for, by its name and by words in it: no parser is needed to tell."""

from __future__ import annotations

import posixpath
import re
from typing import Literal

Kind = Literal[
    "dotenv",
    "compose",
    "manifest",
    "helm-chart",
    "helm-values",
    "helm-template",
    "cloud-run",
    "aws",
    "serverless",
    "vercel",
    "azure-host",
    "azure-function",
    "fly",
    "railway-toml",
    "railway-json",
    "nixpacks",
    "render",
    "digital-ocean",
    "app-engine",
    "langgraph",
    "terraform",
    "terraform-variables",
]
"""An adapter: "manifest" is `kubernetes.reading`, "aws" is `cloud.aws`, and so on."""

_BEGINNING = 64 * 1024
YAML = (".yaml", ".yml")
NAMES: dict[str, Kind] = {
    "Chart.yaml": "helm-chart",
    "kustomization.yaml": "manifest",
    "kustomization.yml": "manifest",
    "Kustomization": "manifest",
    "serverless.yml": "serverless",
    "serverless.yaml": "serverless",
    "vercel.json": "vercel",
    "host.json": "azure-host",
    "function.json": "azure-function",
    "railway.toml": "railway-toml",
    "railway.json": "railway-json",
    "nixpacks.toml": "nixpacks",
    "render.yaml": "render",
    "render.yml": "render",
    "langgraph.json": "langgraph",
    "aegra.json": "langgraph",
}
_compose = re.compile(rb"^(?:services|\"services\")[ \t]*:", re.MULTILINE)
_extends = re.compile(rb"^(?:include|extends)[ \t]*:", re.MULTILINE)
_runtime = re.compile(rb"^runtime[ \t]*:", re.MULTILINE)
_step = re.compile(rb"^[ \t]*-[ \t]*(?:\{[ \t]*)?[\"']?op[\"']?[ \t]*:", re.MULTILINE)
_patched = re.compile(rb"^[\"' \t{]*kind[\"']?[ \t]*:", re.MULTILINE)


def kind(path: str, data: bytes) -> Kind | None:
    """The adapter for a file, None where it says nothing of a deployment.

    The beginning of a file is enough. A file in a chart's folder of templates is a template too
    where no action is in it: whoever knows the charts knows that.
    """
    data = data[:_BEGINNING]
    name = posixpath.basename(path)
    if name in NAMES:
        return NAMES[name]
    extension = posixpath.splitext(name)[1]
    if extension in YAML:
        return _yaml(path, data)
    if extension == ".json":
        return _json(name, data)
    if extension == ".tf":
        return "terraform"
    if extension == ".tfvars":
        return "terraform-variables"
    if extension == ".toml" and name.startswith("fly."):
        return "fly"
    if name == ".env" or name.startswith(".env.") or extension == ".env":
        return "dotenv"
    return None


def _yaml(path: str, data: bytes) -> Kind | None:
    folder, name = posixpath.split(path)
    if b"{{" in data and ("templates" in folder.split("/") or b".Values." in data):
        return "helm-template"
    if posixpath.basename(folder) == ".do" and b"services" in data:
        return "digital-ocean"
    if _is_compose(path, data):
        return "compose"
    if b"AWS::" in data or b"containerDefinitions" in data:
        return "aws"
    if b"serving.knative.dev/" in data or b"run.googleapis.com/v" in data:
        return "cloud-run"
    if (b"apiVersion" in data or _patched.search(data)) and b"kind" in data:
        return "manifest"
    if (b"gcloud" in data and b"run" in data) or b"deploy-cloudrun" in data:
        return "cloud-run"
    if name.startswith("values"):
        return "helm-values"
    if name in ("app.yaml", "app.yml") and _runtime.search(data):
        return "app-engine"
    return "manifest" if _step.search(data) else None


def _is_compose(path: str, data: bytes) -> bool:
    if b"apiVersion" in data:
        return False
    if "compose" in posixpath.basename(path):
        return bool(_compose.search(data) or _extends.search(data))
    if "compose" in posixpath.basename(posixpath.dirname(path)):
        return bool(_compose.search(data) or b"\ninclude:" in b"\n" + data)
    words = (b"image:", b"build:", b"container_name:")
    return bool(_compose.search(data)) and any(word in data for word in words)


def _json(name: str, data: bytes) -> Kind | None:
    if name.startswith(("langgraph", "aegra")) and b'"graphs"' in data:
        return "langgraph"
    if b'"containerDefinitions"' in data or b'"AWS::' in data:
        return "aws"
    if b'"taskDefinition"' in data and b'"desiredCount"' in data:
        return "aws"
    if b'"apiVersion"' in data and b'"kind"' in data:
        return "manifest"
    return None
