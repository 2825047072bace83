"""Installs nginx where it is missing: the proofs put it in front of real servers.

python scripts/nginx.py
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

PLACES = ("/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin")


def program(name: str) -> str | None:
    """Where a program is, also in the places that PATH often lacks."""
    return shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), *PLACES)))


def installing() -> list[list[str]]:
    """The commands that install nginx; none where nothing here can."""
    if program("apt-get"):
        as_root = [] if os.geteuid() == 0 else ["sudo"]
        apt = [*as_root, "apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
        return [[*apt, "update"], [*apt, "install", "-y", "--no-install-recommends", "nginx-light"]]
    return [["brew", "install", "--quiet", "nginx"]] if program("brew") else []


def main() -> int:
    found = program("nginx")
    if found:
        print(f"nginx is here: {found}")
        return 0
    commands = installing()
    if not commands:
        print(
            "nginx is missing, and here is neither apt-get nor brew to install it with.\n"
            "Install it by hand (https://nginx.org/en/download.html) so that `nginx -v` runs,"
            " then run the tests again.",
            file=sys.stderr,
        )
        return 1
    for command in commands:
        print("+", *command, flush=True)
        if not program(command[0]) or subprocess.run(command, check=False).returncode:
            print(f"`{' '.join(command)}` failed: install nginx by hand.", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
