"""Which nginx an image is."""

from __future__ import annotations

import re

FLOATING: tuple[int, ...] = ()
"""The version of an image that is another one next month: `nginx`, `nginx:alpine`, `nginx:1`."""

_image = re.compile(r"(?:[\w.:-]+/)*(?:nginx|nginx-unprivileged|openresty)(?::([\w.-]+))?(?:@.*)?")


def nginx_version(image: str) -> tuple[int, ...] | None:
    """The version of an image of nginx, `FLOATING` for one that nothing pins, None for others."""
    match = _image.fullmatch(image)
    if match is None:
        return None
    numbers = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", match[1] or "")
    return tuple(int(each) for each in numbers.groups("0")) if numbers else FLOATING
