"""Rasa's graph, run node after node: `DaskGraphRunner` plans each run anew, which takes longer than most of our nodes."""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphNode, GraphNodeHook, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelStorage


class PlainRunner(GraphRunner):
    """Nodes in an order that is found once for each set of targets; it does what `DaskGraphRunner` does."""

    def __init__(self, schema: GraphSchema, nodes: dict[str, GraphNode]) -> None:
        self._schema, self._nodes = schema, nodes
        self._orders: dict[tuple[str, ...], list[str]] = {}

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> PlainRunner:
        """A runner as Rasa's loaders ask for it."""
        return cls.like(DaskGraphRunner(graph_schema, model_storage, execution_context, hooks))

    @classmethod
    def like(cls, runner: DaskGraphRunner) -> PlainRunner:
        """A runner of the same loaded nodes."""
        return cls(runner._graph_schema, runner._instantiated_nodes)

    def run(
        self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
    ) -> dict[str, Any]:
        """The output of each of `targets`, by name."""
        wanted = tuple(targets or self._schema.target_names)
        known = dict(inputs or {})
        for name in self._order(wanted):
            needs = self._schema.nodes[name].needs.values()
            known[name] = self._nodes[name](*((need, known[need]) for need in needs))[1]
        return {name: known[name] for name in wanted}

    def _order(self, wanted: tuple[str, ...]) -> list[str]:
        if wanted not in self._orders:
            nodes = self._schema.minimal_graph_schema(list(wanted)).nodes
            needs = {name: node.needs.values() for name, node in nodes.items()}
            self._orders[wanted] = [
                name for name in TopologicalSorter(needs).static_order() if name in nodes
            ]
        return self._orders[wanted]
