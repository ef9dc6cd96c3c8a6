"""Serving the explorer: to this machine alone, and until Ctrl-C."""

import signal
import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from gametheory.errors import InvalidParameter, require

HOST: Final = "127.0.0.1"
PORTS: Final = 65_535


def explore(path: Path, *, port: int = 0, show: bool = True, ready: Callable[[str, Any], None] | None = None) -> None:
    """Serve the page of a game's file until Ctrl-C.

    Parameters
    ----------
    path : Path
    port : int, optional
        0, the default, takes a free one.
    show : bool, optional
        Whether to open it in the browser.
    ready : function, optional
        Called with the page's address and the server's loop once it answers.

    Raises
    ------
    InvalidParameter
        If the file holds no game with parameters, or the port is not free.
    """
    from experiments.explorer.model import scene
    from gametheory.files import load_game

    require(0 <= port <= PORTS, "--port", port, f"from 0 to {PORTS}")
    looked_at = scene(load_game(path))
    server = _server(looked_at, port, title=f"gametheory: {path.name}")
    address = f"http://{HOST}:{server.port}/"
    loop = server.io_loop

    def stop(number: int, frame: Any) -> None:
        loop.add_callback_from_signal(loop.stop)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    print(f"exploring {path} at {address} (Ctrl-C ends it)", flush=True)
    if show:
        loop.add_callback(lambda: webbrowser.open(address))
    if ready is not None:
        loop.add_callback(lambda: ready(address, loop))
    try:
        server.start()
        loop.start()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        server.stop()
        server.unlisten()
    print("gametheory: the explorer has ended", file=sys.stderr, flush=True)


def _server(looked_at: Any, port: int, *, title: str) -> Any:
    """A server that listens on the loopback only, and talks to pages that it served itself."""
    import logging

    from bokeh.application import Application
    from bokeh.application.handlers.function import FunctionHandler
    from bokeh.server.server import Server

    from experiments.explorer.page import build

    logging.getLogger("bokeh").setLevel(logging.ERROR)
    logging.getLogger("tornado").setLevel(logging.ERROR)
    application = Application(FunctionHandler(lambda document: _build(build, document, looked_at, title)))
    if port == 0:
        port = _free_port()
    origins = [f"{HOST}:{port}", f"localhost:{port}"]
    try:
        return Server(
            {"/": application},
            address=HOST,
            port=port,
            allow_websocket_origin=origins,
            check_unused_sessions_milliseconds=5000,
        )
    except OSError as error:
        words = (error.strerror or str(error)).lower()
        raise InvalidParameter("--port", port, f"a port that is free to listen on ({words})") from None


def _build(build: Callable[..., Any], document: Any, looked_at: Any, title: str) -> None:
    build(document, looked_at, title=title)


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
