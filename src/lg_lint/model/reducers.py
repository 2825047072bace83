from lg_lint.model.graph import Reducer, ReducerKind
def of_annotation(program, annotation, env):
    return Reducer(ReducerKind.LAST_VALUE)
