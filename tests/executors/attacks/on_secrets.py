"""Attacks on what only the host may know: its environment and memory, and labels."""

from tests.executors.attacks.attack import Attack, Expected, told

ON_SECRETS = (
    Attack(
        "05 passwords",
        "tell(lambda: open('/etc/passwd').read())\n"
        "tell(lambda: open('/etc/shadow').read())\n"
        "tell(lambda: os.listdir('/etc'))\n"
        "tell(lambda: os.listdir('/root'))",
        Expected("success", "ENOENT\nENOENT\ndid .*\n(ENOENT|did .*|EACCES)\n"),
        told("EACCES", "EACCES", "EACCES", "EACCES"),
    ),
    Attack(
        "06 labels file",
        "tell(lambda: open('@LABELS@').read())\ntell(lambda: os.listdir('@FOLDER@'))",
        told("ENOENT", "ENOENT"),
        told("EACCES", "EACCES"),
    ),
    Attack(
        "07 the host's memory and environment",
        "for name in ('environ', 'mem', 'maps', 'fd', 'cmdline'):\n"
        "    tell(lambda: list(os.scandir('/proc/@HOST@/' + name)) if name == 'fd'\n"
        "        else open('/proc/@HOST@/' + name, 'rb').read(9))",
        told(*["ENOENT"] * 5),
        told(*["EACCES"] * 5),
    ),
    Attack(
        "07b own environment",
        "print('SAGE_SECRET' in os.environ, libc.getenv(b'SAGE_SECRET'))\n"
        "try: print(b'SAGE_SECRET' in open('/proc/self/environ', 'rb').read())\n"
        "except PermissionError: print(False)",
        told("False 0", "False"),
    ),
    # Without namespaces root may open its own memory; there is nothing of the host in it.
    Attack(
        "07c own memory by file",
        "tell(lambda: open('/proc/self/mem', 'rb').close())",
        told("EACCES"),
        told("(EACCES|did None)"),
    ),
    Attack(
        "08 memory of other processes",
        "for number in (310, 311, 101, 312):\n"
        "    tell(lambda: call(number, @HOST@, 0, 0, 0, 0, 0))\n"
        "tell(lambda: call(101, 16, @HOST@, 0, 0))",
        told(*["EPERM"] * 5),
    ),
)
