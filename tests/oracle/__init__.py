"""Programs that are made from a grammar of forms, run under the real libraries, and linted.

What a run shows is what the linter is to say: nobody writes an expectation down.
"""
