"""Attacks by way of sockets."""

from tests.executors.attacks.attack import Attack, Expected, told

ON_NETWORK = (
    Attack(
        "09 connections",
        "tell(lambda: socket.create_connection(('127.0.0.1', @PORT@), 1))\n"
        "tell(lambda: socket.socket(socket.AF_UNIX).connect('\\0@MARK@'))\n"
        "tell(lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM))\n"
        "tell(lambda: socket.socketpair())",
        told(*["EPERM"] * 4),
    ),
    Attack(
        "09b raw sockets and io_uring",
        "tell(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))\n"
        "tell(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))\n"
        "for number in (425, 426, 427): tell(lambda: call(number, 8, 0, 0, 0))",
        told(*["EPERM"] * 5),
    ),
    Attack(
        "10 name lookup",
        "tell(lambda: socket.getaddrinfo('localhost.invalid', 80))",
        Expected("success", "(gaierror|.*Name.*|.*resolution.*|E.*)\n"),
    ),
    Attack(
        "31 messages on inherited descriptors",
        "found = set()\n"
        "for number in range(256):\n"
        "    try: found.add(os.readlink(f'/proc/self/fd/{number}').split(':')[0])\n"
        "    except OSError: continue\n"
        "    try: socket.socket(1, 5, fileno=number).send(b'x'); print('sent', number)\n"
        "    except OSError: pass\n"
        "print('socket' in found)",
        told("False"),
    ),
)
