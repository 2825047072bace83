"""Packages that tables or fixtures speak of and that the tests do not install: the one list.

Rows of these packages are checked where they happen to be installed, and cases that import them are
only read. Whoever adds a library and does not want it in the test extra writes its package here.
"""

from __future__ import annotations

NOT_INSTALLED = {
    "SDKs of hosted services, many and large, of which a row names a client": (
        "agents", "boto3", "cohere", "confluent_kafka", "dashscope", "docker", "elasticsearch", "exa_py", "firebase_admin",
        "firecrawl", "google.cloud", "google.generativeai", "google.genai", "googleapiclient",
        "groq", "instructor", "langfuse", "litellm", "mistralai", "opensearchpy", "pinecone", "qdrant_client",
        "replicate", "serpapi", "slack_sdk", "supabase", "tavily", "together", "twilio", "vertexai", "zhipuai",
    ),
    "integrations of LangChain, each with the SDK of its provider": (
        "langchain_anthropic", "langchain_aws", "langchain_community", "langchain_deepseek", "langchain_experimental",
        "langchain_google_genai", "langchain_google_vertexai", "langchain_groq",
        "langchain_mistralai", "langchain_neo4j", "langchain_ollama", "langchain_openai",
        "langchain_xai",
    ),
    "settings that are fields of a class": ("pydantic_settings",),
    "the chains of LangChain before 1.0, large": ("langchain_classic",),
    "a module that no search path of a case leads to": ("flow_of_turns",),
    "a client of a broker beside those that are installed": ("aiokafka",),
    "clients of events that ask again by themselves": (
        "aiohttp_sse_client", "aiohttp_sse_client2", "sseclient",
    ),
    "event loops beside the usual one, and a patch of that": (
        "aiorun", "curio", "nest_asyncio", "trio", "uvloop", "winloop",
    ),
    "what a run's stream methods give, under the tables' own name": ("langgraph.run",),
    "agents of third parties that bring providers' SDKs": (
        "copilotkit", "deepagents", "langgraph_supervisor", "langgraph_swarm",
    ),
    "savers that bring a database's client; checked by their own test where installed": (
        "langgraph.checkpoint.mongodb", "langgraph.checkpoint.postgres",
        "langgraph.checkpoint.redis", "langgraph.checkpoint.aiosqlite", "langgraph.store.postgres",
    ),
    "databases whose clients need libraries of the system, or are large": (
        "duckdb", "mysql", "neo4j", "oracledb", "pandas", "psycopg2", "pymysql", "pyodbc", "snowflake", "sqlmodel",
    ),
    "frameworks with an event loop and a server of their own": ("chainlit", "discord", "sanic", "streamlit"),
    "adapters of serverless platforms, which cases import and nothing runs": (
        "azure", "mangum",
    ),
    "middleware that compresses, of which cases import one": ("brotli_asgi",),
    "on top of Django, for one name each": ("channels", "rest_framework"),
    "models on one's own machine": ("huggingface_hub", "ollama", "sentence_transformers", "transformers"),
    "frameworks of agents beside LangChain, with providers' SDKs": ("crewai", "dspy", "haystack"),
    "clients of services, of which a row tells what introspection cannot see": (
        "adlfs", "atlassian", "authlib", "cassandra", "consul", "dask", "distributed", "fabric", "fsspec", "gcsfs", "gitlab",
        "google.auth", "google.oauth2", "grpc", "hvac", "joblib", "kafka", "kubernetes", "langfuse.openai",
        "llama_parse", "mlflow", "modal", "mongoengine", "notion_client", "posthog", "ray", "s3fs", "sendgrid",
        "simple_salesforce", "wandb", "websocket", "youtube_transcript_api", "yt_dlp", "zeep", "zmq",
    ),
    "task queues, each with the client of its store": (
        "apscheduler", "arq", "celery", "dramatiq", "huey", "procrastinate", "rq", "taskiq",
    ),
    "tools that agents use, small and short-lived": (
        "cachetools", "ddgs", "duckduckgo_search", "feedparser", "git", "paramiko", "wikipedia",
        "yfinance",
    ),
}  # fmt: skip
PACKAGES = tuple(name for names in NOT_INSTALLED.values() for name in names)


def is_excused(dotted: str) -> bool:
    """Whether a module or a name in one may be missing where the tests run."""
    return any(dotted == package or dotted.startswith(f"{package}.") for package in PACKAGES)
