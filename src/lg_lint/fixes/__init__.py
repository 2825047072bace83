"""From remedies to text: which edits mend a finding, and files rewritten with them.

`cures.resolved` works out the edits of single findings, `mend.mend` takes all that hold together,
and `writing.rewrite` puts them into files. This room and `facts` are the ones that import libcst.
"""
