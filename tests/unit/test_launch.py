"""Starting the dashboard: what Streamlit is told before it runs."""

import socket

from streamlit.web.server.starlette import starlette_server

from lupus_outcomes.launch import _send_every_message_at_once


def test_what_the_server_accepts_sends_at_once(monkeypatch):
    monkeypatch.setattr(starlette_server, "_bind_socket", starlette_server._bind_socket)
    _send_every_message_at_once()
    with starlette_server._bind_socket("127.0.0.1", 0, 1) as server:
        server.listen(1)
        server.settimeout(10)
        with socket.create_connection(server.getsockname()):
            accepted, _ = server.accept()
            with accepted:
                assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
