"""Starting the dashboard: what Streamlit is told before it runs."""

import shutil
import socket
import subprocess
import sys
import threading

import pytest
from streamlit.web.server.starlette import starlette_server

from lupus_outcomes.access.settings import read_sign_in
from lupus_outcomes.cli import main
from lupus_outcomes.launch import _options, _prepare_socket, _refuse_real_data
from lupus_outcomes.paths import DATASET_VARIABLE, SAMPLE
from lupus_outcomes.ui import compute, session
from tests.sign_in import write_sign_in
from tests.unit.data.drawn import draw_dataset

pytestmark = pytest.mark.slow


def test_the_server_sends_at_once_and_reads_ahead(tmp_path, monkeypatch):
    path = str(draw_dataset(tmp_path / "registry"))
    fingerprint = compute.fingerprint(path)
    monkeypatch.setenv(DATASET_VARIABLE, path)
    monkeypatch.setattr(starlette_server, "_bind_socket", starlette_server._bind_socket)
    _prepare_socket()
    with starlette_server._bind_socket("127.0.0.1", 0, 1) as server:
        server.listen(1)
        server.settimeout(10)
        with socket.create_connection(server.getsockname()):
            accepted, _ = server.accept()
            with accepted:
                assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    for thread in threading.enumerate():
        if "_load_ahead" in thread.name:
            thread.join()
    shutil.rmtree(path)
    assert compute.dataset(path, fingerprint).fingerprint == fingerprint


def test_what_is_wrong_with_the_dataset_is_left_to_the_page(tmp_path, monkeypatch, capfd):
    monkeypatch.setenv(DATASET_VARIABLE, str(tmp_path / "nowhere"))
    session.read_ahead()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.7", "dashboard.example"])
def test_real_data_are_not_served_to_others_without_sign_in(tmp_path, capsys, address):
    dataset = draw_dataset(tmp_path / "registry")
    assert main(["app", str(dataset), "--address", address]) != 0
    said = capsys.readouterr()
    assert said.err.startswith(f"lupus-outcomes: --address {address} can be reached from other")
    assert said.err.count("\n") == 1
    assert not said.out


def test_the_refusal_ends_the_process(tmp_path):
    dataset = draw_dataset(tmp_path / "registry")
    command = [sys.executable, "-m", "lupus_outcomes.cli", "app", str(dataset)]
    ended = subprocess.run(
        [*command, "--address", "0.0.0.0"], capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 2
    assert "sign-in" in ended.stderr


def test_synthetic_data_may_be_served(tmp_path):
    _refuse_real_data(SAMPLE, "0.0.0.0")
    _refuse_real_data(draw_dataset(tmp_path, about={"synthetic": "true"}), "0.0.0.0")


@pytest.mark.parametrize("broken", ["readers.toml", "provider.toml"])
def test_sign_in_that_is_not_set_up_rightly_ends_it(tmp_path, monkeypatch, capsys, broken):
    for name, value in write_sign_in(tmp_path).items():
        monkeypatch.setenv(name, value)
    (tmp_path / broken).write_text("[")
    assert main(["app", str(draw_dataset(tmp_path / "registry"))]) == 2
    assert broken in capsys.readouterr().err


def test_streamlit_is_told_where_the_provider_stands(tmp_path):
    sign_in = read_sign_in(write_sign_in(tmp_path))
    told = ["--secrets.files", str(tmp_path / "provider.toml")]
    told += ["--browser.serverAddress", "127.0.0.1", "--server.allowedHosts", "127.0.0.1"]
    assert _options(8501, "::1", None) == ["--server.port", "8501", "--server.address", "::1"]
    assert _options(8501, "::1", sign_in)[-6:] == told
