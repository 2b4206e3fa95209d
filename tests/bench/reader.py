"""A reader without a browser: speaks to the server as the page does, to time the server alone."""

import time
from collections.abc import Iterable

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from websockets.sync.client import ClientConnection, connect


class Reader:
    """One session on one page of the dashboard at ``address``; ``page`` with its view: a?show=b.

    ``said``: the texts that the last run sent.
    """

    def __init__(self, address: str, page: str = "", patience: float = 600.0):
        self._page, _, self._view = page.partition("?")
        self._patience = patience
        self._socket: ClientConnection = connect(
            f"{address.replace('http', 'ws', 1)}/_stcore/stream",
            subprotocols=["streamlit"],
            max_size=None,
        )
        self._chosen = WidgetStates()
        self._multiselects: dict[str, tuple[str, list[str]]] = {}
        self._hash = ""
        self.said: list[str] = []
        self.run()

    def options(self, label: str) -> list[str]:
        """What a filter of the sidebar offers."""
        return self._multiselects[label][1]

    def choose(self, label: str, options: Iterable[str]) -> float:
        """Set a filter; returns the seconds until the server has sent everything."""
        identity, _ = self._multiselects[label]
        self._chosen = WidgetStates()
        state = self._chosen.widgets.add(id=identity)
        state.string_array_value.data.extend(options)
        return self.run()

    def run(self) -> float:
        """Run the page; returns the seconds until the server has sent everything."""
        asked = BackMsg()
        asked.rerun_script.page_name = self._page
        asked.rerun_script.page_script_hash = self._hash
        asked.rerun_script.query_string = self._view
        asked.rerun_script.widget_states.CopyFrom(self._chosen)
        self.said = []
        start = time.perf_counter()
        self._socket.send(asked.SerializeToString())
        while True:
            message = ForwardMsg.FromString(self._socket.recv(timeout=self._patience))
            kind = message.WhichOneof("type")
            if kind == "script_finished":
                return time.perf_counter() - start
            if kind == "navigation":
                self._hash = message.navigation.page_script_hash
            if kind == "delta":
                self._note(message)

    def _note(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        if element.WhichOneof("type") == "exception":
            raise AssertionError(element.exception.message)
        if element.WhichOneof("type") == "markdown":
            self.said.append(element.markdown.body)
        if element.WhichOneof("type") == "multiselect":
            box = element.multiselect
            self._multiselects[box.label] = (box.id, list(box.options))

    def close(self) -> None:
        """Leave."""
        self._socket.close()
