# SPDX-License-Identifier: GPL-3.0-or-later
"""Many requests at a time from one thread, one a connection, as bytes: no HTTP library sends what a fuzzer makes."""

import selectors
import socket
import time

from .paths import DEADLINE_S


class Shot:
    """One request on its way."""

    def __init__(self, request, port):
        self.request = request
        self.answer = bytearray()
        self.rest = memoryview(request.data)
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.connect_ex(("127.0.0.1", port))
        self.until = time.monotonic() + DEADLINE_S

    def send(self):
        """Whether all of it is out; a server that will not hear more is no mistake of ours."""
        try:
            self.rest = self.rest[self.socket.send(self.rest) :]
            if not self.rest and not self.request.is_whole:
                self.socket.shutdown(socket.SHUT_WR)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return not self.rest

    def receive(self):
        """Whether that was all."""
        try:
            piece = self.socket.recv(262144)
        except BlockingIOError:
            return False
        except ConnectionResetError:
            return True
        self.answer += piece
        return not piece


def fire(port, requests, take, at_a_time=24):
    """Sends each of the requests and hands it with its answer to take(request, bytes)."""
    waiting = iter(requests)
    flying = set()
    with selectors.EpollSelector() as selector:

        def begin():
            request = next(waiting, None)
            if request is None:
                return False
            shot = Shot(request, port)
            flying.add(shot)
            selector.register(shot.socket, selectors.EVENT_WRITE | selectors.EVENT_READ, shot)
            return True

        def end(shot):
            selector.unregister(shot.socket)
            shot.socket.close()
            flying.discard(shot)
            take(shot.request, bytes(shot.answer))
            begin()

        while len(flying) < at_a_time and begin():
            pass
        while flying:
            for key, events in selector.select(1):
                shot = key.data
                if events & selectors.EVENT_WRITE and shot.send():
                    selector.modify(shot.socket, selectors.EVENT_READ, shot)
                if events & selectors.EVENT_READ and shot.receive():
                    end(shot)
            late = next((shot for shot in flying if time.monotonic() > shot.until), None)
            assert late is None, f"no answer to {late.request.data[:2000]!r}"
