"""A port for a server that can't be given any free one."""

import random
import socket


def free_port():
    """Returns a port of 127.0.0.1 that was free a moment ago. It is below those that the system gives to
    clients and to servers that ask for any, so that another test does not get it meanwhile."""
    while True:
        port = random.randint(10000, 30000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
