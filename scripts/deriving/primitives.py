"""What waits by itself: the calls at which a search for waits ends."""

from __future__ import annotations

import functools
import importlib
from typing import Any

FUNCTIONS = {
    "time": "sleep",
    "socket": "create_connection getaddrinfo gethostbyname gethostbyaddr",
    "select": "select",
    "os": "system popen waitpid",
    "subprocess": "run call check_call check_output getoutput getstatusoutput",
    "urllib.request": "urlopen urlretrieve",
    "requests": "get post put patch delete head options request",
    "requests.api": "get post put patch delete head options request",
    "httpx": "get post put patch delete head options request stream",
    "httpx._api": "get post put patch delete head options request stream",
    "urllib3": "request",
    "asyncio": "run run_coroutine_threadsafe",
    "concurrent.futures": "wait as_completed",
    "curl_cffi.requests": "get post put patch delete head options request",
}
METHODS = {
    "socket.socket": "connect connect_ex recv recv_into recvfrom send sendall sendto accept",
    "ssl.SSLSocket": "connect recv recv_into read send sendall write do_handshake",
    "http.client.HTTPConnection": "request getresponse connect endheaders",
    "urllib.request.OpenerDirector": "open",
    "subprocess.Popen": "wait communicate",
    "smtplib.SMTP": "connect login sendmail send_message starttls",
    "requests.sessions.Session": "get post put patch delete head options request send",
    "httpx.Client": "get post put patch delete head options request send stream",
    "urllib3.poolmanager.PoolManager": "request urlopen",
    "urllib3._request_methods.RequestMethods": "request",
    "urllib3.connectionpool.HTTPConnectionPool": "urlopen request",
    "httplib2.Http": "request",
    "concurrent.futures._base.Future": "result exception",
    "threading.Thread": "join",
    "threading.Event": "wait",
    "queue.Queue": "join",
    "asyncio.base_events.BaseEventLoop": "run_until_complete",
    "asyncio.events.AbstractEventLoop": "run_until_complete",
    "botocore.client.BaseClient": "_make_api_call",
    "grpc.UnaryUnaryMultiCallable": "__call__",
    "grpc.UnaryStreamMultiCallable": "__call__",
    "grpc.StreamUnaryMultiCallable": "__call__",
    "curl_cffi.requests.session.Session": "request get post",
    "primp.Client": "request get post",
    "selectors.BaseSelector": "select",
    "selectors.DefaultSelector": "select",
    "redis.client.Redis": "execute_command",
    "pycurl.Curl": "perform",
    "sqlalchemy.engine.base.Engine": "connect begin raw_connection",
    "sqlalchemy.engine.base.Connection": "execute scalar scalars exec_driver_sql commit",
    "sqlalchemy.orm.session.Session": "execute scalar scalars get flush commit refresh",
    "sqlalchemy.orm.query.Query": "all first one one_or_none count delete update scalar",
    "sqlalchemy.sql.schema.MetaData": "create_all drop_all reflect",
    "psycopg.Connection": "execute commit connect",
    "psycopg.cursor.Cursor": "execute executemany copy",
    "psycopg.Cursor": "execute executemany copy",
    "psycopg_pool.ConnectionPool": "connection getconn",
    "sqlite3.Connection": "execute executemany executescript commit",
    "sqlite3.Cursor": "execute executemany executescript",
    "pymongo.synchronous.collection.Collection": "find_one insert_one insert_many update_one "
    "update_many delete_one delete_many aggregate bulk_write create_index count_documents",
    "psycopg2.extensions.connection": "commit rollback",
    "psycopg2.extensions.cursor": "execute executemany",
    "pyodbc.Connection": "execute commit",
    "pyodbc.Cursor": "execute",
    "neo4j.Driver": "execute_query verify_connectivity",
    "neo4j.Session": "run execute_read execute_write",
    "openai.resources.embeddings.Embeddings": "create",
    "openai.resources.chat.completions.completions.Completions": "create parse",
    "elasticsearch.Elasticsearch": "perform_request search index bulk",
}
REQUESTS = ("botocore.client.BaseClient", "boto3.resources.base.ServiceResource")
"""Classes that get their methods while they run, each of them a request."""

BY_NAME = {
    "urlopen",
    "sendall",
    "getresponse",
    "recv",
    "recv_into",
    "run_until_complete",
    "raw_request",
}
"""Methods that wait in whatever class, where the class of their object is not known."""


@functools.cache
def functions() -> dict[int, str]:
    """The functions that wait, by identity."""
    found: dict[int, str] = {}
    for name, names in FUNCTIONS.items():
        module = _imported(name)
        for each in names.split():
            value = getattr(module, each, None)
            if value is not None:
                found[id(value)] = f"{name}.{each}"
    return found


@functools.cache
def _classes() -> dict[type, set[str]]:
    found = {}
    for dotted, names in METHODS.items():
        module, _, name = dotted.rpartition(".")
        cls = getattr(_imported(module), name, None)
        if isinstance(cls, type):
            found[cls] = set(names.split())
    return found


def waiting_method(cls: type, name: str) -> str | None:
    """The method that waits which `cls.name` is, or overrides."""
    for base in cls.__mro__:
        if name in _classes().get(base, ()):
            return f"{base.__module__}.{base.__qualname__}.{name}"
    return None


def _imported(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except Exception:
        return None
