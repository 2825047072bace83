"""Where `import asyncio` goes, and under which name it is used."""

from __future__ import annotations

import pytest
from test_fix_cures import SLEEP, cured

WORK = "async def work():\n    «time.sleep(1)»\n"
AWAITED = "async def work():\n    await asyncio.sleep(1)\n"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("import time\n", "import asyncio\nimport time\n"),
        ("import abc\nimport time\n", "import abc\nimport asyncio\nimport time\n"),
        ("import abc  # a\n", "import abc  # a\nimport asyncio\n"),
        ("# License\nimport time\n", "# License\nimport asyncio\nimport time\n"),
        ("'D'\n# clock\nimport time\n", "'D'\n# clock\nimport time\nimport asyncio\n"),
        ("import time as asyncio_\n", "import asyncio\nimport time as asyncio_\n"),
        ("from time import sleep\n", "import asyncio\nfrom time import sleep\n"),
        ("import fastapi\n", "import asyncio\n\nimport fastapi\n"),
        ("from .x import y\n", "import asyncio\n\nfrom .x import y\n"),
        (
            "import fastapi\n\nfrom . import y\nimport time\n",
            "import fastapi\n\nfrom . import y\nimport asyncio\nimport time\n",
        ),
        (
            '"""What."""\n\nfrom __future__ import annotations\n\nimport time\n',
            '"""What."""\n\nfrom __future__ import annotations\n\nimport asyncio\nimport time\n',
        ),
        (
            "from __future__ import annotations\n",
            "from __future__ import annotations\n\nimport asyncio\n",
        ),
        ('"""What."""\n', '"""What."""\n\nimport asyncio\n'),
        (
            "#!/usr/bin/python\n# -*- coding: utf-8 -*-\n",
            "#!/usr/bin/python\n# -*- coding: utf-8 -*-\nimport asyncio\n\n",
        ),
        ("import a; import time\n", "import asyncio\n\nimport a; import time\n"),
        (
            "from time import (\n    sleep,\n)\n",
            "import asyncio\nfrom time import (\n    sleep,\n)\n",
        ),
        ("import asyncio\nimport time\n", "import asyncio\nimport time\n"),
        ("import os, asyncio\n", "import os, asyncio\n"),
        ("import asyncio.subprocess\n", "import asyncio\nimport asyncio.subprocess\n"),
    ],
)
def test_import_is_added_in_its_place(head: str, expected: str) -> None:
    assert cured(head + WORK, SLEEP) == expected + AWAITED


def test_import_under_another_name_is_used() -> None:
    fixed = cured("import asyncio as aio\n" + WORK, SLEEP)
    assert fixed == "import asyncio as aio\nasync def work():\n    await aio.sleep(1)\n"


@pytest.mark.parametrize("head", ["if TYPE_CHECKING:\n", "with suppress(ImportError):\n"])
def test_import_that_may_not_run_is_not_enough(head: str) -> None:
    code = f"import time\n{head}    import asyncio\n"
    assert cured(code + WORK, SLEEP) == f"import asyncio\n{code}{AWAITED}"


def test_import_of_the_function_itself_is_used() -> None:
    head = "async def work():\n    import asyncio\n"
    assert cured(head + "    «time.sleep(1)»\n", SLEEP) == head + "    await asyncio.sleep(1)\n"
