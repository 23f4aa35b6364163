"""The states of very many metrics data, made when one is asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

from resim_inspect.validation import schema_constants
from resim_inspect.validation.context import Context
from resim_inspect.validation.data_states import DataState
from resim_inspect.validation.rules.data import state_of

_NEVER = np.iinfo(np.int64).max


class WideStates(Sequence[DataState]):
    """State of each metrics data of a document: columns (n,), and an object where it is needed.

    The columns hold for the data without a state of their own too.
    """

    def __init__(self, context: Context, count: int) -> None:
        self._context = context
        self._made: dict[int, DataState] = {}
        self.positions: dict[bytes, int] = {}
        """Positions of all data by id, no two of which are equal."""
        self.types = np.zeros(count, np.int64)
        self.indexed = np.zeros(count, np.bool_)
        self.index_types = np.zeros(count, np.int64)
        self.index_positions = np.full(count, -1, np.int64)
        """Position of the data that each is indexed by; -1 without one that is in the file."""
        self.lengths = np.full(count, -1, np.int64)
        self.broken = np.zeros(count, np.bool_)
        self.first_use = np.full(count, _NEVER, np.int64)
        """Step of the validation in which each data was first found to be used."""
        self.step = 0
        """The step that is taken now: a hint depends on what has been used before it."""

    def __len__(self) -> int:
        return len(self.types)

    @overload
    def __getitem__(self, position: int) -> DataState: ...
    @overload
    def __getitem__(self, position: slice) -> list[DataState]: ...
    def __getitem__(self, position: int | slice) -> DataState | list[DataState]:
        if isinstance(position, slice):
            return [self[index] for index in range(*position.indices(len(self)))]
        state = self._made.get(position)
        if state is None:
            state = state_of(position, self._context.document.data_messages[position])
            state.length = int(self.lengths[position])
            self._made[position] = state
        return state

    def __iter__(self) -> Iterator[DataState]:
        return (self[position] for position in range(len(self)))

    def put(self, state: DataState) -> None:
        """Store the state of a data that was checked by itself, also in the columns."""
        position = state.position
        self._made[position] = state
        self.types[position] = state.type
        self.indexed[position] = state.indexed
        self.index_types[position] = state.index_type
        self.index_positions[position] = self.positions.get(state.index_id.encode(), -1)
        self.lengths[position] = state.length
        self.broken[position] = state.broken

    def use(self, positions: NDArray[np.int64], steps: NDArray[np.int64]) -> None:
        """Mark data as used in steps of the validation; both (m,)."""
        np.minimum.at(self.first_use, positions, steps)

    def names(self, types: Collection[int], *, unused: bool) -> Iterator[str]:
        """The names of the data of some types, or of those not used before the present step."""
        chosen = np.isin(self.types, list(types))
        if unused:
            chosen &= self.first_use >= self.step
        messages = self._context.document.data_messages
        for position in np.flatnonzero(chosen).tolist():
            state = self._made.get(position)
            if not (unused and state is not None and state.used):
                yield messages[position].name

    def unused(self) -> Iterator[DataState]:
        """The data that nothing has used, in the order of the file."""
        for position in np.flatnonzero(self.first_use == _NEVER).tolist():
            state = self[position]
            if not state.used:
                yield state

    def external_files(self) -> Iterator[DataState]:
        """The data of the type external file, in the order of the file."""
        positions = np.flatnonzero(self.types == schema_constants.EXTERNAL_FILE)
        return (self[position] for position in positions.tolist())


class StatesById(Mapping[str, DataState]):
    """The states by id, as written."""

    def __init__(self, states: WideStates) -> None:
        self._states = states

    def __getitem__(self, data_id: str) -> DataState:
        return self._states[self._states.positions[data_id.encode()]]

    def __iter__(self) -> Iterator[str]:
        return (text.decode() for text in self._states.positions)

    def __len__(self) -> int:
        return len(self._states)
