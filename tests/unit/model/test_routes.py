"""Which functions frameworks call, where they run, and what is injected into them."""

from __future__ import annotations

import pytest

from lg_lint.model.entry import Entry
from lg_lint.model.web.dropped_coroutines import dropped_by
from lg_lint.model.web.route_entries import coroutines, entries
from lg_lint.program import inference
from lg_lint.program.values import Const, ExternalObject, Instance

from .programs import program_of


def found(files: dict[str, str] | str) -> dict[str, tuple[str, str]]:
    """Each entry's function name with its kind and world."""
    return {
        entry.ref.function.qualname: (entry.kind, entry.world.name)
        for entry in entries(program_of(files))
    }


def test_fastapi_decorators() -> None:
    source = """
        from fastapi import FastAPI, APIRouter
        app = FastAPI()
        router = APIRouter(prefix="/v1")

        @app.get("/a")
        async def a(): ...

        @router.post("/b")
        def b(): ...

        @router.websocket("/c")
        async def c(ws): ...

        @app.exception_handler(ValueError)
        async def d(request, exc): ...

        @app.middleware("http")
        async def e(request, call_next): ...

        @app.on_event("startup")
        def f(): ...

        @app.url_path_for
        def not_a_route(): ...
    """
    assert found(source) == {
        "a": ("route", "LOOP"),
        "b": ("route", "THREAD"),
        "c": ("websocket", "LOOP"),
        "d": ("exception handler", "LOOP"),
        "e": ("http middleware", "LOOP"),
        "f": ("startup", "LOOP"),
    }


def test_calls_that_take_a_handler() -> None:
    source = """
        from contextlib import asynccontextmanager
        from fastapi import BackgroundTasks, FastAPI
        from starlette.applications import Starlette
        from starlette.background import BackgroundTask
        from starlette.routing import Mount, Route, WebSocketRoute

        async def a(request): ...
        def b(request): ...
        async def c(ws): ...
        def d(): ...
        async def e(): ...
        def g(): ...

        @asynccontextmanager
        async def lifespan(app):
            yield

        app = FastAPI(lifespan=lifespan)
        app.add_api_route("/b", b)
        site = Starlette(routes=[Mount("/x", routes=[Route("/a", a)]), WebSocketRoute("/c", c)],
                         on_startup=[g])

        @app.get("/task")
        def task(background: BackgroundTasks):
            background.add_task(d, 1)
            background.add_task(e)
            return BackgroundTask(func=d)
    """
    assert found(source) == {
        "a": ("route", "LOOP"),
        "b": ("route", "THREAD"),
        "c": ("websocket", "LOOP"),
        "d": ("background task", "THREAD"),
        "e": ("background task", "LOOP"),
        "g": ("startup", "LOOP"),
        "lifespan": ("startup", "LOOP"),
        "task": ("route", "THREAD"),
    }


def test_other_receivers_of_the_same_method_names_are_no_routes() -> None:
    source = """
        class Tasks:
            def add_task(self, fn): ...
            def get(self, path):
                return lambda fn: fn

        def job(): ...
        Tasks().add_task(job)
        settings = {}
        settings.get("/a", job)
        tasks = Tasks()

        @tasks.get("/a")
        def listed(): ...
    """
    assert found(source) == {}


def test_a_router_that_cannot_be_seen_is_believed_for_a_literal_path() -> None:
    source = """
        def register(router):
            @router.get("/a")
            async def a(): ...

            @router.get("name")
            async def b(): ...
    """
    assert found(source) == {"register.a": ("route", "LOOP")}


def test_class_based_endpoints() -> None:
    source = """
        from starlette.endpoints import HTTPEndpoint, WebSocketEndpoint
        from starlette.middleware.base import BaseHTTPMiddleware

        class Chat(HTTPEndpoint):
            async def get(self, request): ...
            def post(self, request): ...
            def helper(self): ...

        class Live(WebSocketEndpoint):
            async def on_receive(self, ws, data): ...

        class Base(BaseHTTPMiddleware): ...

        class Log(Base):
            async def dispatch(self, request, call_next): ...
    """
    assert found(source) == {
        "Chat.get": ("route", "LOOP"),
        "Chat.post": ("route", "THREAD"),
        "Live.on_receive": ("websocket", "LOOP"),
        "Log.dispatch": ("http middleware", "LOOP"),
    }


def test_dependencies_of_every_form() -> None:
    source = """
        from typing import Annotated
        from fastapi import APIRouter, Depends, FastAPI, Security

        def one(): ...
        async def two(sub=Depends(one)): ...
        async def three():
            yield 1
        def four(): ...
        def five(): ...

        class Checker:
            async def __call__(self): ...

        class Service:
            def __init__(self): ...

        Alias = Annotated[object, Depends(three)]
        app = FastAPI(dependencies=[Depends(four)])
        router = APIRouter()

        @router.get("/", dependencies=[Security(five)])
        def route(
            a: Annotated[int, Depends(two)], b: Alias, c=Depends(Checker()), d=Depends(Service)
        ): ...
    """
    assert found(source) == {
        "one": ("dependency", "THREAD"),
        "two": ("dependency", "LOOP"),
        "three": ("dependency", "LOOP"),
        "four": ("dependency", "THREAD"),
        "five": ("dependency", "THREAD"),
        "Checker.__call__": ("dependency", "LOOP"),
        "Service.__init__": ("dependency", "THREAD"),
        "route": ("route", "THREAD"),
    }


def test_other_frameworks() -> None:
    source = """
        import chainlit as cl
        from aiohttp import web
        from flask import Flask
        from litestar import get
        from quart import Quart
        from sanic import Sanic

        flask_app, quart_app, sanic_app = Flask(__name__), Quart(__name__), Sanic("x")
        routes = web.RouteTableDef()

        @get("/", sync_to_thread=True)
        def litestar_thread() -> str: ...

        @get("/b")
        def litestar_loop() -> str: ...

        @flask_app.route("/")
        def flask_view(): ...

        @flask_app.get("/b")
        async def flask_async(): ...

        @quart_app.get("/")
        def quart_view(): ...

        @sanic_app.get("/")
        def sanic_view(request): ...

        @cl.on_message
        async def on_message(message): ...

        @routes.get("/")
        async def listed(request): ...

        async def added(request): ...

        def build():
            app = web.Application()
            app.router.add_get("/a", added)
            app.add_routes([web.post("/b", posted)])

        async def posted(request): ...
    """
    assert found(source) == {
        "litestar_thread": ("route", "THREAD"),
        "litestar_loop": ("route", "LOOP"),
        "flask_view": ("route", "THREAD"),
        "flask_async": ("route", "ALONE"),
        "quart_view": ("route", "THREAD"),
        "sanic_view": ("route", "LOOP"),
        "on_message": ("callback", "LOOP"),
        "listed": ("route", "LOOP"),
        "added": ("route", "LOOP"),
        "posted": ("route", "LOOP"),
    }


def test_django_urls() -> None:
    files = {
        "views.py": """
            from asgiref.sync import sync_to_async
            from django.views import View

            async def chat(request): ...
            def plain(request): ...

            class Stream(View):
                async def get(self, request): ...
        """,
        "urls.py": """
            from django.urls import path
            import views
            urlpatterns = [
                path("chat", views.chat), path("plain", views.plain),
                path("stream", views.Stream.as_view()),
            ]
        """,
    }
    assert found(files) == {
        "chat": ("route", "LOOP"),
        "plain": ("route", "THREAD"),
        "Stream.get": ("route", "LOOP"),
    }


def test_a_decorator_of_the_project_stands_between() -> None:
    source = """
        from fastapi import FastAPI
        app = FastAPI()

        def traced(fn):
            async def wrapper(*args, **kwargs):
                return fn(*args, **kwargs)
            return wrapper

        @app.get("/a")
        @traced
        def a(): ...
    """
    (entry,) = entries(program_of(source))
    assert entry.ref.function.name == "wrapper"
    assert (entry.world.name, entry.title) == ("LOOP", "route a()")


def test_an_app_of_a_project_subclass_made_in_a_factory() -> None:
    source = """
        from fastapi import FastAPI

        class Server(FastAPI): ...

        def create():
            app = Server()

            @app.get("/a")
            async def a(): ...

            return app
    """
    assert found(source) == {"create.a": ("route", "LOOP")}


def test_tests_register_nothing() -> None:
    source = """
        from fastapi import FastAPI
        app = FastAPI()

        @app.get("/a")
        async def a(): ...
    """
    assert found({"tests/test_app.py": source}) == {}


# --- coroutines ----------------------------------------------------------------------------


def left(source: str) -> dict[str, Entry]:
    program = program_of(source)
    taken = entries(program)
    found = coroutines(program, taken, dropped_by(program, taken))
    return {entry.ref.function.name: entry for entry in found}


def test_a_coroutine_that_only_asyncio_run_reaches_is_a_script() -> None:
    found = left("""
        import asyncio
        from fastapi import FastAPI
        app = FastAPI()

        @app.get("/a")
        async def route():
            await shared()

        async def shared(): ...
        async def step(): ...
        async def main():
            await step()
            await shared()

        async def forgotten(): ...
        async def handed(): ...
        TABLE = {"a": handed}

        if __name__ == "__main__":
            asyncio.run(main())
    """)
    assert {
        name: (entry.kind, entry.world.name, entry.registered) for name, entry in found.items()
    } == {
        "shared": ("coroutine", "LOOP", True),
        "step": ("script", "ALONE", True),
        "main": ("script", "ALONE", True),
        "forgotten": ("coroutine", "LOOP", False),
        "handed": ("coroutine", "LOOP", True),
    }


def test_a_coroutine_that_runs_on_the_own_loop_of_another() -> None:
    found = left("""
        import asyncio
        from fastapi import FastAPI
        app = FastAPI()

        def consume(callback):
            def on_message(message):
                asyncio.new_event_loop().run_until_complete(callback(message))
            on_message(1)

        def wait_for(coroutine):
            asyncio.run(coroutine)

        async def handled(message):
            await below()
        async def below(): ...
        async def waited(): ...
        async def both(): ...

        consume(handled)
        wait_for(waited())
        wait_for(both())

        @app.get("/a")
        async def route():
            await both()
    """)
    assert {name: entry.kind for name, entry in found.items()} == {
        "handled": "script",
        "below": "script",
        "waited": "script",
        "both": "coroutine",
    }


def test_calls_that_run_nothing_share_no_loop() -> None:
    found = left("""
        import asyncio

        async def looked_at(): ...
        async def a_statement(): ...
        async def handed_on(): ...
        async def returned(): ...
        async def kept(): ...
        async def needless(): ...
        async def uncalled():
            await needless()

        def plain():
            answer = looked_at()
            if answer:
                print(answer.content)
            a_statement()
            task = handed_on()
            spawn(task)
            return returned()

        def made():
            return kept()

        plain()
        spawn(made())
        asyncio.run(looked_at())
        asyncio.run(a_statement())
        asyncio.run(handed_on())
        asyncio.run(returned())
        asyncio.run(kept())
        asyncio.run(needless())
    """)
    assert {name: entry.kind for name, entry in found.items()} == {
        "looked_at": "script",
        "a_statement": "script",
        "handed_on": "coroutine",
        "returned": "script",
        "kept": "coroutine",
        "needless": "script",
        "uncalled": "coroutine",
    }


# --- what is injected ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "parameter",
    [
        "given=Depends(provide)",
        "given: object = Depends(dependency=provide)",
        "given: Annotated[object, Depends(provide)]",
        "given: Alias",
        "given=Depends(provide_later)",
        "given=Depends(Provider())",
    ],
)
def test_a_parameter_gets_what_its_dependency_gives(parameter: str) -> None:
    source = f"""
        from typing import Annotated
        from fastapi import Depends

        class Engine: ...

        def provide():
            return Engine()

        async def provide_later():
            yield Engine()

        class Provider:
            def __call__(self):
                return Engine()

        Alias = Annotated[object, Depends(provide)]

        def handler({parameter}):
            return given
    """
    program = program_of(source)
    handler = next(f for f in next(program.modules).all_functions if f.name == "handler")
    (value,) = inference.infer(program, next(iter(handler.result_exprs())), program.env(handler))
    assert isinstance(value, Instance)
    assert value.cls.name == "Engine"


def test_an_empty_marker_injects_the_annotated_class() -> None:
    source = """
        from fastapi import Depends

        class Engine:
            def run(self):
                return 1

        def handler(engine: Engine = Depends()):
            return engine.run()
    """
    program = program_of(source)
    handler = next(f for f in next(program.modules).all_functions if f.name == "handler")
    values = inference.infer(program, next(iter(handler.result_exprs())), program.env(handler))
    assert values == (Const(1, "int"),)


def test_state_of_the_application_is_shared_by_type() -> None:
    source = """
        from fastapi import FastAPI, Request
        import queue

        app = FastAPI()
        app.state.jobs = queue.Queue()

        @app.get("/")
        async def handler(request: Request):
            return request.app.state.jobs
    """
    program = program_of(source)
    handler = next(f for f in next(program.modules).all_functions if f.name == "handler")
    (value,) = inference.infer(program, next(iter(handler.result_exprs())), program.env(handler))
    assert isinstance(value, ExternalObject)
    assert value.type == "queue.Queue"


JOBS = {
    "celery": ("from celery import Celery; app = Celery('a')", "app.task(bind=True)"),
    "celery, shared": ("from celery import shared_task", "shared_task"),
    "taskiq": ("from taskiq_redis import ListQueueBroker; b = ListQueueBroker('u')", "b.task"),
    "taskiq, any broker": ("from taskiq_aio_pika import AioPikaBroker as B; b = B('u')", "b.task()"),
    "taskiq, a broker's subclass": (
        "from taskiq import AsyncBroker\nclass Own(AsyncBroker): ...\nb = Own()", "b.task",
    ),
    "taskiq, with a result backend": (
        "from taskiq_redis import ListQueueBroker; b = ListQueueBroker('u').with_result_backend(r)", "b.task",
    ),
    "dramatiq": ("import dramatiq", "dramatiq.actor(max_retries=1)"),
    "rq": ("from rq.decorators import job", "job('low', connection=c)"),
    "huey": ("from huey import SqliteHuey; huey = SqliteHuey()", "huey.periodic_task(when)"),
    "huey with django": ("from huey.contrib.djhuey import db_task", "db_task()"),
    "procrastinate": ("from procrastinate import Blueprint; b = Blueprint()", "b.task(queue='q')"),
    "what is not known": ("from importlib import import_module\nb = import_module(name).b", "b.task"),
}  # fmt: skip


@pytest.mark.parametrize("name", JOBS)
def test_jobs_of_task_queues(name: str) -> None:
    head, decorator = JOBS[name]
    source = f"{head}\n@{decorator}\nasync def a(): ...\n@{decorator}\ndef b(): ...\n"
    assert found(source) == {"a": ("job", "ALONE"), "b": ("job", "THREAD")}


NO_JOBS = {
    "taskiq in memory": ("from taskiq import InMemoryBroker; b = InMemoryBroker()", "b.task"),
    "taskiq in memory, with middlewares": (
        "from taskiq import InMemoryBroker; b = InMemoryBroker().with_middlewares(m)", "b.task",
    ),
    "apscheduler": (
        "from apscheduler.schedulers.asyncio import AsyncIOScheduler; s = AsyncIOScheduler()",
        "s.scheduled_job('interval')",
    ),
    "faststream": ("from faststream.redis import RedisBroker; b = RedisBroker()", "b.subscriber('a')"),
    "another task": ("from prefect import task", "task"),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_JOBS)
def test_no_jobs(name: str) -> None:
    head, decorator = NO_JOBS[name]
    assert found(f"{head}\n@{decorator}\nasync def a(): ...\n") == {}


SETTINGS = """
    from arq import func, cron, Worker
    from rq import Queue
    async def a(ctx): ...
    async def b(ctx): ...
    async def c(ctx): ...
    async def d(): ...
    async def e(ctx): ...
    async def f(ctx): ...
    class WorkerSettings:
        functions = [a, func(b, name="b")]
        cron_jobs = [cron(c, hour=1)]
    class Other:
        functions = [f]
    Queue("q").enqueue(d, 1)
    worker = Worker(functions=[e])
"""


def test_jobs_that_are_handed_over() -> None:
    assert found(SETTINGS) == dict.fromkeys("abcde", ("job", "ALONE"))


STARTS = {
    "on its own": ("", "ALONE"),
    "by a script": ("import asyncio\nasync def main(): await app.run_worker_async()\nasyncio.run(main())", "ALONE"),
    "at once": ("import asyncio\nasyncio.run(app.run_worker_async())", "ALONE"),
    "by a route": (
        "from fastapi import FastAPI\nserver = FastAPI()\n@server.get('/')\n"
        "async def start(): await app.run_worker_async()",
        "LOOP",
    ),
    "by something unknown": ("async def start(app): await app.run_worker_async()\nhand_over(start)", "LOOP"),
}  # fmt: skip


@pytest.mark.parametrize("name", STARTS)
def test_a_job_runs_on_the_loop_of_its_worker(name: str) -> None:
    text, world = STARTS[name]
    source = (
        f"from procrastinate import App\napp = App()\n@app.task\nasync def job(): ...\n{text}\n"
    )
    program = program_of(source)
    given = entries(program)
    given += coroutines(program, given, dropped_by(program, given))
    worlds = {entry.world.name for entry in given if entry.ref.function.name == "job"}
    assert worlds == {"ALONE", world}
