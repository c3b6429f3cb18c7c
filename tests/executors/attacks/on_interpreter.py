"""Attacks on the interpreter: crashes, hooks and what it prints."""

from tests.executors.attacks.attack import Attack, Expected, told

ON_INTERPRETER = (
    Attack(
        "17 segmentation fault",
        "ctypes.string_at(0)",
        Expected("crash", "", "SIGSEGV"),
    ),
    # The first process of a namespace has no default action for signals of its own; the
    # C library then ends it by an illegal instruction.
    Attack(
        "17b abort",
        "os.abort()",
        Expected("crash", "", "SIGSEGV|SIGABRT"),
        Expected("crash", "", "SIGABRT"),
    ),
    Attack(
        "27 tracing and hostile exceptions",
        "class Loud(Exception):\n"
        "    def __str__(self): raise SystemExit(0)\n"
        "    __repr__ = __str__\n"
        "sys.settrace(lambda *a: None)\n"
        "sys.excepthook = lambda *a: os._exit(0)\n"
        "raise Loud()",
        Expected("exception"),
    ),
    Attack(
        "27b infinite recursion",
        "def again(): again()\nagain()",
        Expected("exception", "", "recursion"),
    ),
    Attack(
        "33 binary and terminal output",
        "os.write(1, b'\\xff\\xfe\\x1b[31mred\\x00\\x07\\n')",
        told("\ufffd\ufffd\\[31mred"),
    ),
)
