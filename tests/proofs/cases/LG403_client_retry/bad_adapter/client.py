"""An adapter with retries, and a GET that is not answered in time."""

from collections.abc import Iterator

import requests
from requests.adapters import HTTPAdapter

session = requests.Session()
session.mount("http://", HTTPAdapter(max_retries=3))


def ask(url: str) -> Iterator[str]:
    with session.get(
        f"{url}/run", params={"question": "why"}, stream=True, timeout=(5, 0.5)
    ) as response:
        for line in response.iter_lines(decode_unicode=True):
            if line:
                yield line
