"""Attacks on memory, threads and time."""

from tests.executors.attacks.attack import MEMORY, SHORT, Attack, Expected, told

ON_MEMORY_AND_TIME = (
    Attack(
        "03 thread bomb",
        "wait = threading.Event()\n"
        "count = 0\n"
        "try:\n"
        "    while count < 2000:\n"
        "        threading.Thread(target=wait.wait, daemon=True).start()\n"
        "        count += 1\n"
        "except RuntimeError as error: print(error)\n"
        "print(count < 300)\n"
        "wait.set()",
        told("can't start new thread", "True"),
        limits=MEMORY,
    ),
    Attack("04 hundred GB", "bytearray(100 * 2**30)", Expected("memory")),
    Attack(
        "04b growing",
        "x = []\nwhile True: x.append(b'x' * 2**26)",
        Expected("memory"),
        limits=MEMORY,
    ),
    Attack(
        "04c shared anonymous map",
        "m = mmap.mmap(-1, 2**31)\n"
        "for _ in range(2**11): m.write(b'x' * 2**20)\n"
        "time.sleep(9)",
        Expected("memory"),
        limits=MEMORY,
    ),
    Attack(
        "04d memory files",
        "tell(lambda: os.memfd_create('x'))\ntell(lambda: open('/dev/shm/@MARK@', 'w'))",
        told("EPERM", "ENOENT"),
        told("EPERM", "EACCES"),
    ),
    Attack(
        "13 endless loop behind blocked signals",
        "signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())\n"
        "while True: pass",
        Expected("timeout"),
        limits=SHORT,
    ),
    Attack(
        "13b loop in C over the processor limit",
        "sum(range(10**12))",
        Expected("cpu_limit"),
        limits={"cpu_seconds": 1},
    ),
    Attack(
        "13c sleep in C with the interpreter's lock",
        "ctypes.PyDLL(None).sleep(60)",
        Expected("timeout"),
        limits=SHORT,
    ),
    Attack(
        "22 compression bomb",
        "import zlib\n"
        "packed = zlib.compress(bytes(2**26))\n"
        "x = [zlib.decompress(packed) + b'x' for _ in range(1000)]",
        Expected("memory"),
        limits=MEMORY,
    ),
    Attack(
        "23 endless threads",
        "def spin():\n"
        "    while True: time.sleep(0.01)\n"
        "for _ in range(4): threading.Thread(target=spin).start()",
        Expected("success"),
        limits={"wall_seconds": 5},
    ),
    Attack(
        "24 exit handlers that sleep",
        "import atexit\n"
        "atexit.register(time.sleep, 60)\n"
        "class Late:\n"
        "    def __del__(self): time.sleep(60)\n"
        "self.late = Late()",
        Expected("success"),
        limits={"wall_seconds": 5},
    ),
)
