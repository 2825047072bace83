"""lg-lint and the other linters, installed into virtual environments of their own."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
PROJECT = HERE.parent
REQUIREMENTS = HERE / "requirements.txt"


@dataclass(frozen=True)
class Environment:
    """Where the tools are, their versions, and why each missing one could not be installed.

    lg-lint stands alone in `own`, as for its users; `tools` also holds what the fixtures import.
    """

    own: Path
    tools: Path
    versions: dict[str, str]
    missing: dict[str, str]

    @property
    def python(self) -> Path:
        return _scripts(self.tools) / "python"

    @property
    def own_python(self) -> Path:
        return _scripts(self.own) / "python"

    @property
    def lg_lint(self) -> Path:
        return _scripts(self.own) / "lg-lint"

    @property
    def packages(self) -> Path:
        return next(self.tools.glob("[lL]ib/**/site-packages"))

    def script(self, name: str) -> str:
        return str(_scripts(self.tools) / name)


def environment() -> Environment:
    """Make the environments, or find them as an earlier run left them.

    That of lg-lint is as today's installers make it: they write scripts that import nothing but
    the program, and leave out setuptools, which has every start of Python import something.
    """
    pins = REQUIREMENTS.read_text(encoding="utf-8").split()
    root = _cache_folder() / hashlib.sha256(f"{sys.version}{PROJECT}{pins}".encode()).hexdigest()
    own, tools, complete = root / "own", root / "tools", root / "complete"
    if not complete.exists():
        for place, extra in ((own, ""), (tools, "[test]")):
            venv.create(place, clear=True, with_pip=True)
            _pip(place, "install", "--quiet", "--upgrade", "pip", check=True)
            _pip(place, "install", "--quiet", f"{PROJECT}{extra}", check=True)
        _pip(own, "uninstall", "--quiet", "--yes", "setuptools", check=True)
        reasons = [f"{pin.partition('==')[0]}\t{_install(tools, pin)}" for pin in pins]
        complete.write_text("\n".join(reasons), encoding="utf-8")
    _pip(own, "install", "--quiet", "--no-deps", "--force-reinstall", str(PROJECT), check=True)
    reasons = complete.read_text(encoding="utf-8").splitlines()
    missing = {name: reason for name, reason in (line.split("\t") for line in reasons) if reason}
    frozen = _pip(tools, "list", "--format=freeze", check=True).stdout.split()
    return Environment(own, tools, dict(line.split("==", 1) for line in frozen), missing)


def _cache_folder() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "lg-lint-benchmarks"


def _scripts(place: Path) -> Path:
    return place / ("Scripts" if os.name == "nt" else "bin")


def _pip(place: Path, *arguments: str, check: bool = False) -> subprocess.CompletedProcess[str]:
    command = [str(_scripts(place) / "python"), "-m", "pip", "--disable-pip-version-check"]
    return subprocess.run([*command, *arguments], check=check, capture_output=True, text=True)


def _install(place: Path, pin: str) -> str:
    """Nothing, or the reason why a package cannot be installed."""
    failed = _pip(place, "install", "--quiet", pin)
    errors = [line for line in failed.stderr.splitlines() if line.startswith("ERROR:")]
    said = errors[-1].removeprefix("ERROR:").strip() if errors else "pip failed"
    return said if failed.returncode else ""
