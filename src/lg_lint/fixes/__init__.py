"""From remedies to text: which edits mend a finding, and files rewritten with them.

`resolve` works out the edits of single findings, `mend` applies all that hold together. This room
and `facts` are the ones that import libcst.
"""
