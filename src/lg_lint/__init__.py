"""lg-lint finds why a LangGraph stream cuts off, stalls or arrives late."""

__version__ = "0.1.0"
