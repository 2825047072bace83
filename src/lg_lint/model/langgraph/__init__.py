"""From calls of LangGraph to graphs."""
