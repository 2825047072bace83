"""The proofs about a graph's wiring and state: they run the rules' own fixtures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from .proof import Figures, Form, Proof
from .runs import asked_and_answered, streamed, written
from .wiring_claims import (
    claim_asked,
    claim_both,
    claim_endless,
    claim_fails,
    claim_lost,
    claim_nodes,
    claim_pause,
    claim_twice,
    show_asked,
    show_nodes,
    show_pause,
    show_ran,
    show_steps,
    show_write,
)

FIXTURES = Path(__file__).parents[2] / "fixtures"
NEW = {"status": "new"}
NOTES = {"question": " why ", "notes": ["a"]}
AGAIN = {"question": "again"}
TEXT = {"text": "x"}
ITEMS = {"items": ["a", "b"]}
PARALLEL = {"items": ["a", "b"], "result": "r"}
ORDER = {"number": "7", "price": 1.0, "stock": 0}


def _form(project: str, words: str, measure: Callable[[Path], Figures]) -> Form[Figures]:
    return Form(project, words, measure, FIXTURES)


WIRING: tuple[Proof[Any], ...] = (
    Proof(
        rule="LG205",
        title="A change of the state that the node does not return",
        bad=(
            _form(
                "LG205/bad/append_with_saver",
                "a list appended to, in the thread's next turn",
                written(NOTES, "notes", next_turn=AGAIN),
            ),
            _form(
                "LG205/bad/append_to_pydantic_state",
                "a list of a pydantic state, in the next node",
                written(NOTES, "notes"),
            ),
            _form("LG205/bad/key_set_and_not_returned", "a key set", written(NOTES, "question")),
            _form(
                "LG205/bad/state_without_the_key",
                "a slice set",
                written({"question": "why", "notes": list("abcdef")}, "notes"),
            ),
            _form("LG205/bad/counter_read_again", "a counter", written(NOTES, "attempts")),
            _form("LG205/bad/router_counts", "a router's counter", written(NOTES, "attempts")),
            _form("LG205/bad/helper_of_a_router", "a router's helper", written(NOTES, "question")),
        ),
        good=(
            _form(
                "LG205/good/later_node_writes_it",
                "a later node returns the list, next turn",
                written(NOTES, "notes", next_turn=AGAIN),
            ),
            _form(
                "LG205/good/empty_list_under_reducer",
                "`[]` returned under a reducer, next turn",
                written(NOTES, "notes", next_turn=AGAIN),
            ),
            _form(
                "LG205/good/append_without_saver",
                "a list appended to, in the same run",
                written(NOTES, "notes"),
            ),
            _form("LG205/good/key_returned", "the counter returned", written(NOTES, "attempts")),
        ),
        show=show_write,
        claims=claim_lost,
    ),
    Proof(
        rule="LG601",
        title="A next node that the graph does not have",
        bad=(
            _form("LG601/bad/router_without_map", "a router's name", streamed(TEXT)),
            _form("LG601/bad/command_goto", "`Command(goto=…)`", streamed(TEXT)),
            _form("LG601/bad/one_of_two_values", "one of two names", streamed(ITEMS)),
            _form("LG601/bad/send_to_unknown", "`Send(…)`", streamed(ITEMS)),
        ),
        good=(
            _form("LG601/good/known_targets", "`Send` and `goto` to nodes", streamed(ITEMS)),
            _form("LG601/good/handoff_to_parent", "`goto` to the parent's", streamed(TEXT)),
        ),
        show=show_nodes,
        claims=claim_nodes,
    ),
    Proof(
        rule="LG602",
        title="A router's value that the path map lacks",
        bad=(
            _form("LG602/bad/missing_entry", "a name", streamed({})),
            _form("LG602/bad/list_map", "`END`, under a list", streamed({})),
            _form("LG602/bad/literal_of_the_state", "a key of the state", streamed({})),
            _form("LG602/bad/boolean_router", "`False`", streamed({"items": []})),
            _form("LG602/bad/no_return", "`None`, where no `return` is met", streamed({})),
            _form("LG602/bad/asks_for_a_key", "a name behind a test", streamed({})),
            _form("LG602/bad/one_place_two_values", "one of two names", streamed({})),
            _form("LG602/bad/two_graphs_of_one_router", "a router of two graphs", streamed({})),
            _form(
                "LG602/bad/value_popped_from_the_state", "a key popped off the state", streamed({})
            ),
        ),
        good=(
            _form("LG602/good/all_mapped", "every value mapped", streamed({})),
            _form("LG602/good/value_asked_for", "the value handled before", streamed({})),
            _form(
                "LG602/good/asks_for_a_key_there_is_not",
                "behind a test of a key that there is not",
                streamed({"text": "x"}),
            ),
        ),
        show=show_steps,
        claims=claim_fails("KeyError"),
    ),
    Proof(
        rule="LG603",
        title="A node that nothing leads to",
        bad=(
            _form("LG603/bad/forgotten_edge", "an edge forgotten", streamed(TEXT)),
            _form("LG603/bad/builder_looked_at", "a builder logged", streamed(TEXT)),
            _form("LG603/bad/lost_circle", "a circle of lost nodes", streamed(TEXT)),
            _form("LG603/bad/send_that_is_not_returned", "a `Send` kept", streamed(ITEMS)),
        ),
        good=(
            _form(
                "LG603/good/reached_by_command_and_send",
                "reached by `Command` and `Send`",
                streamed({"items": ["a"]}),
            ),
        ),
        show=show_nodes,
        claims=claim_nodes,
    ),
    Proof(
        rule="LG604",
        title="An interrupt that an except catches",
        bad=(
            _form("LG604/bad/broad_except", "`except Exception`", streamed(NEW)),
            _form("LG604/bad/caught_in_the_caller", "a bare `except` of the caller", streamed(NEW)),
            _form("LG604/bad/caught_around_the_tool", "around a tool", streamed(NEW)),
            _form("LG604/bad/suppressed", "`suppress(Exception)`", streamed(NEW)),
            _form("LG604/bad/turned_into_another_error", "another error raised", streamed(NEW)),
        ),
        good=(
            _form("LG604/good/passed_on", "`GraphBubbleUp` raised again", streamed(NEW)),
            _form("LG604/good/outside_the_try", "before the `try`", streamed(NEW)),
        ),
        show=show_asked,
        claims=claim_asked,
    ),
    Proof(
        rule="LG605",
        title="An interrupt in a graph without a saver",
        bad=(
            _form("LG605/bad/no_checkpointer", "`interrupt()`", asked_and_answered(NEW, "yes")),
            _form(
                "LG605/bad/interrupt_before", "`interrupt_before`", asked_and_answered(NEW, "yes")
            ),
            _form(
                "LG605/bad/json_of_another_form",
                "beside a JSON file of another form",
                asked_and_answered(NEW, "yes"),
            ),
        ),
        good=(
            _form("LG605/good/with_checkpointer", "a saver", asked_and_answered(NEW, "yes")),
            _form(
                "LG605/good/subgraph_of_a_parent_with_one",
                "the parent's saver",
                asked_and_answered(NEW, "yes"),
            ),
        ),
        show=show_pause,
        claims=claim_pause,
    ),
    Proof(
        rule="LG606",
        title="Two writes of one step to a key without a reducer",
        bad=(
            _form("LG606/bad/fork_from_start", "a fork", streamed(PARALLEL)),
            _form("LG606/bad/second_step_of_branches", "branches' second step", streamed(PARALLEL)),
            _form("LG606/bad/sends_to_one_node", "`Send`s to one node", streamed(PARALLEL)),
            _form("LG606/bad/whole_state_returned", "the whole state returned", streamed(PARALLEL)),
            _form("LG606/bad/condition_of_one_branch", "an edge in an `if`", streamed(PARALLEL)),
            _form("LG606/bad/three_writers", "three nodes", streamed(PARALLEL)),
            _form("LG606/bad/subgraph_beside_a_node", "a subgraph and a node", streamed(ORDER)),
            _form("LG606/bad/two_subgraphs_of_one_state", "two subgraphs", streamed(ORDER)),
            _form("LG606/bad/steps_on_one_node_by_index", "edges by index", streamed(TEXT)),
        ),
        good=(
            _form("LG606/good/key_with_reducer", "a reducer", streamed(ITEMS)),
            _form("LG606/good/sends_with_reducer", "`Send`s, a reducer", streamed(PARALLEL)),
            _form("LG606/good/own_keys", "a key each", streamed(ITEMS)),
            _form("LG606/good/one_after_the_other", "in two steps", streamed(ITEMS)),
            _form("LG606/good/deferred", "`defer=True`", streamed(ITEMS)),
            _form("LG606/good/arms_of_a_match", "in arms of a `match`", streamed(ITEMS)),
        ),
        show=show_steps,
        claims=claim_fails("InvalidUpdateError"),
    ),
    Proof(
        rule="LG607",
        title="A key that the state does not declare",
        bad=(
            _form("LG607/bad/misspelt_key", "misspelt", written(TEXT, "texts")),
            _form(
                "LG607/bad/state_returned_with_a_new_key",
                "set on the state",
                written(TEXT, "status"),
            ),
            _form("LG607/bad/command_update", "in a `Command`", written(TEXT, "sources")),
            _form(
                "LG607/bad/last_yield_of_generator",
                "in a generator's last dict",
                written(TEXT, "message"),
            ),
            _form(
                "LG607/bad/router_that_does_not_get_it",
                "read by a router with a schema",
                written(TEXT, "verdict"),
            ),
            _form("LG607/bad/several_returns", "on several ways", written(TEXT, "status")),
            _form("LG607/bad/several_keys_of_one_dict", "several", written(TEXT, "sources")),
            _form("LG607/bad/class_that_nothing_makes", "built by a class", written(TEXT, "note")),
        ),
        good=(_form("LG607/good/declared_keys", "declared", written(TEXT, "secret")),),
        show=show_write,
        claims=claim_lost,
    ),
    Proof(
        rule="LG608",
        title="A cycle without an exit",
        bad=(
            _form("LG608/bad/plain_edges", "plain edges, the default limit", streamed(TEXT)),
            _form(
                "LG608/bad/router_stays_inside",
                "a router that stays inside, a limit of 500",
                streamed(TEXT, limit=500),
            ),
            _form("LG608/bad/commands_that_lead_round", "Commands", streamed(TEXT, limit=500)),
        ),
        good=(
            _form("LG608/good/way_out", "a router with a way out", streamed(TEXT)),
            _form("LG608/good/waits_for_a_person", "an interrupt in each round", streamed(TEXT)),
        ),
        show=show_steps,
        claims=claim_endless,
    ),
    Proof(
        rule="LG609",
        title="A plain edge beside a Command or a router",
        bad=(
            _form("LG609/bad/edge_beside_command", "`goto` to `publish`", streamed(TEXT)),
            _form("LG609/bad/edge_beside_conditional_edge", "a router to `END`", streamed(TEXT)),
            _form("LG609/bad/edge_in_one_arm", "an edge in an `if`", streamed(TEXT)),
        ),
        good=(
            _form("LG609/good/one_kind_of_edge", "`goto` alone", streamed(TEXT)),
            _form("LG609/good/edge_to_end", "an edge to `END` beside it", streamed(TEXT)),
            _form("LG609/good/router_in_the_other_arm", "in arms of an `if`", streamed(TEXT)),
        ),
        show=show_ran,
        claims=claim_both,
    ),
    Proof(
        rule="LG610",
        title="A node that returns a coroutine",
        bad=(
            _form("LG610/bad/def_that_returns_the_call", "`def`", streamed(TEXT)),
            _form("LG610/bad/lambda_over_async_function", "`lambda`", streamed(TEXT)),
            _form("LG610/bad/whole_state_never_awaited", "the whole state", streamed(TEXT)),
        ),
        good=(_form("LG610/good/partial_and_awaited", "`partial`, `await`", streamed(TEXT)),),
        show=show_steps,
        claims=claim_fails("InvalidUpdateError"),
    ),
    Proof(
        rule="LG611",
        title="A join of branches of unequal length",
        bad=(
            _form("LG611/bad/short_and_long_branch", "plain edges", streamed({})),
            _form("LG611/bad/two_conditions", "edges in two `if`s", streamed({})),
        ),
        good=(
            _form("LG611/good/list_edge", "an edge from a list", streamed({})),
            _form("LG611/good/deferred_join", "`defer=True`", streamed({})),
            _form("LG611/good/same_length", "branches of one length", streamed({})),
            _form("LG611/good/arms_of_one_if", "in arms of an `if`", streamed({})),
        ),
        show=show_ran,
        claims=claim_twice,
    ),
)
