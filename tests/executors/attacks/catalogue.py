"""Hostile candidates, each with its exact expected end. They act on nothing but the
test's own processes, files and loopback, and limits bound each of them.

Words in @ are replaced by the driver. A fit that tells of a refused deed prints the name
of the error; `jailed` is expected with namespaces, `flat` without (if that differs).
"""

from dataclasses import dataclass, field
from typing import NamedTuple


class Expected(NamedTuple):
    """How an attack must end.

    Attributes:
        kind: `success` or the kind of failure.
        output: Regular expression for all that was printed.
        message: Regular expression that the failure's message must contain.
    """

    kind: str
    output: str = ""
    message: str = ""


@dataclass(frozen=True)
class Attack:
    """One hostile candidate.

    Attributes:
        number: Its row in our table of attacks.
        fit: Lines of its `fit`.
        predict: Lines of its `predict_proba`, before the honest answer.
        jailed: Expected with all layers.
        flat: Expected without namespaces, if that differs.
        limits: Changed limits.
        mode: `features` if it is a feature program: `fit` runs in `transform`.
    """

    number: str
    fit: str
    jailed: Expected
    flat: Expected | None = None
    predict: str = "pass"
    limits: dict[str, float] = field(default_factory=dict)
    mode: str = "fit"


def told(*errors: str) -> Expected:
    """Expect an honest end, and each deed to be refused with one error."""
    return Expected("success", "\n".join(errors) + "\n")


PRELUDE = """
import ctypes, errno, fcntl, mmap, os, resource, signal, socket, sys, threading, time
import numpy as np
libc = ctypes.CDLL(None, use_errno=True)

def tell(deed):
    try:
        print("did", deed())
    except OSError as error:
        print(errno.errorcode.get(error.errno, error))
    except BaseException as error:
        print(type(error).__name__)

def call(number, *arguments):
    ctypes.set_errno(0)
    words = [a if isinstance(a, bytes) else ctypes.c_long(a) for a in arguments]
    if libc.syscall(ctypes.c_long(number), *words) < 0:
        raise OSError(ctypes.get_errno(), "refused")

def own_descriptors():
    frame = sys._getframe()
    while "own" not in frame.f_locals or not hasattr(frame.f_locals["own"], "result"):
        frame = frame.f_back
    return frame.f_locals["own"]

def header(content, length=None):
    size = len(content) if length is None else length
    block = b"SAGEFLT1" + size.to_bytes(4, "little") + content
    os.pwrite(own_descriptors().result, block, 0)
"""

HONEST_HEADER = 'b\'{"stage":"output","is_complete":true,"columns":2}\''
MEMORY: dict[str, float] = {"memory_bytes": 256 * 2**20}
SHORT = {"wall_seconds": 1.5}

ATTACKS = (
    Attack(
        "01 fork bomb",
        "def bomb():\n"
        "    for _ in range(50):\n"
        "        if os.fork() == 0: os._exit(0)\n"
        "tell(bomb)",
        told("EPERM"),
    ),
    Attack(
        "02 shell and subprocess",
        "import subprocess\n"
        "print(os.system('true') == 0)\n"
        "tell(lambda: subprocess.run(['/bin/true']))\n"
        "tell(lambda: os.execv('/bin/true', ['true']))",
        told("False", "EPERM", "EPERM"),
    ),
    Attack(
        "02b multiprocessing",
        "import multiprocessing\n"
        "tell(lambda: multiprocessing.Process(target=print).start())\n"
        "tell(lambda: multiprocessing.Pool(2))",
        Expected("success", "EPERM\n(EPERM|ENOSYS|EACCES|ENOENT)\n"),
    ),
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
        "09c new namespaces",
        "for flag in (0x10000000, 0x20000, 0x40000000):\n"
        "    tell(lambda: call(272, flag))\n"
        "    tell(lambda: call(56, flag | 17, 0, 0, 0, 0))\n"
        "    tell(lambda: call(56, flag | 0x10f00, 0, 0, 0, 0))\n"
        "tell(lambda: call(435, 0, 0))\n"
        "tell(lambda: call(308, 0, 0))",
        told(*["EPERM"] * 9, "ENOSYS", "EPERM"),
    ),
    Attack(
        "10 name lookup",
        "tell(lambda: socket.getaddrinfo('localhost.invalid', 80))",
        Expected("success", "(gaierror|.*Name.*|.*resolution.*|E.*)\n"),
    ),
    Attack(
        "11 writing outside",
        "tell(lambda: open('@CANARY@', 'a').write('x'))\n"
        "tell(lambda: open('/usr/lib/@MARK@', 'w'))\n"
        "tell(lambda: open('/@MARK@', 'w'))\n"
        "tell(lambda: os.remove('@CANARY@'))\n"
        "tell(lambda: os.rename('@CANARY@', '@CANARY@2'))\n"
        "tell(lambda: os.mkdir('@FOLDER@/@MARK@'))",
        Expected("success", "ENOENT\n(EROFS|EACCES)\n(EROFS|EACCES)\n(ENOENT\n){3}"),
        told(*["EACCES"] * 6),
    ),
    Attack(
        "11b mode, owner, times, length of files outside",
        "tell(lambda: os.chmod('@CANARY@', 0o777))\n"
        "tell(lambda: os.chown('@CANARY@', 0, 0))\n"
        "tell(lambda: os.utime('@CANARY@', (0, 0)))\n"
        "tell(lambda: os.setxattr('@CANARY@', 'user.x', b'x'))\n"
        "tell(lambda: call(463, -100, b'@CANARY@', 0, b'user.x', 0, 0))\n"
        "tell(lambda: call(466, -100, b'@CANARY@', 0, b'user.x'))\n"
        "tell(lambda: call(469, -100, b'@CANARY@', 0, 0, 0))\n"
        "tell(lambda: os.truncate('@CANARY@', 0))\n"
        "tell(lambda: os.open('@CANARY@', os.O_RDONLY | os.O_TRUNC))",
        told(*["did None"] * 6, "EPERM", "EPERM", "ENOTSUP"),
    ),
    Attack(
        "12 signals",
        "tell(lambda: os.kill(@HOST@, 0))\n"
        "tell(lambda: os.kill(-1, 0))\n"
        "tell(lambda: os.kill(0, 0))\n"
        "tell(lambda: os.killpg(@HOST@, 0))\n"
        "tell(lambda: os.pidfd_open(@HOST@))\n"
        "tell(lambda: call(234, @HOST@, @HOST@, 0))\n"
        "tell(lambda: call(200, @HOST@, 0))\n"
        "tell(lambda: call(129, @HOST@, 0, 0))",
        told(*["EPERM"] * 8),
    ),
    Attack(
        "12b limits of other processes",
        "tell(lambda: resource.prlimit(@HOST@, resource.RLIMIT_CPU, (999, 999)))\n"
        "tell(lambda: resource.prlimit(@HOST@, resource.RLIMIT_CPU))",
        Expected("success", "(PermissionError|EPERM)\n(PermissionError|EPERM)\n"),
    ),
    Attack(
        "12c priorities, schedulers, signals by file",
        "tell(lambda: os.setpriority(os.PRIO_PROCESS, @HOST@, 19))\n"
        "tell(lambda: os.sched_setaffinity(@HOST@, {0}))\n"
        "tell(lambda: os.sched_setscheduler(@HOST@, 0, os.sched_param(0)))\n"
        "tell(lambda: call(251, 1, @HOST@, 0))\n"
        "r, w = os.pipe()\n"
        "tell(lambda: fcntl.fcntl(r, fcntl.F_SETOWN, @HOST@))\n"
        "tell(lambda: fcntl.fcntl(r, 10, 9))\n"
        "tell(lambda: fcntl.ioctl(0, 0x5412, b'x'))\n"
        "tell(lambda: fcntl.fcntl(w, 1031, 2**20))",
        told(*["EPERM"] * 8),
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
        "14 daemon",
        "tell(os.fork)\ntell(os.setsid)\ntell(lambda: os.setpgid(0, 0))",
        told(*["EPERM"] * 3),
    ),
    Attack(
        "14b outliving the supervisor",
        "tell(lambda: call(157, 1, 0, 0, 0, 0))\n"
        "tell(lambda: call(157, 36, 1, 0, 0, 0))\n"
        "tell(lambda: call(157, 4, 1, 0, 0, 0))\n"
        "tell(lambda: call(157, 0x59616d61, @HOST@, 0, 0, 0))",
        told(*["EPERM"] * 4),
    ),
    Attack(
        "15 ten GB of output",
        "for _ in range(10**4): os.write(1, b'x' * 10**6)",
        Expected("contract", "x{65536}", "printed over 32 MiB"),
    ),
    Attack(
        "16 full scratch",
        "def fill():\n"
        "    for number in range(400):\n"
        "        with open(f'f{number}', 'wb') as file: file.write(b'x' * 2**20)\n"
        "    time.sleep(9)\n"
        "tell(fill)",
        told("ENOSPC"),
        Expected("contract", "", "wrote over 64 MiB of files"),
    ),
    Attack(
        "16a files without a name",
        "import tempfile\n"
        "tell(lambda: os.open('.', os.O_RDWR | os.O_TMPFILE))\n"
        "tell(lambda: open('a', 'w').close())\n"
        "tell(lambda: os.remove('a'))",
        told("ENOTSUP", "did None", "did None"),
        told("ENOTSUP", "did None", "EACCES"),
    ),
    Attack(
        "16b oversized result",
        "own = own_descriptors()\n"
        "tell(lambda: os.ftruncate(own.result, 2**40))\n"
        "tell(lambda: os.pwrite(own.result, b'x', 2**40))\n"
        "tell(lambda: os.ftruncate(own.model, 2**40))\n"
        "header(b'')",
        Expected("success", "((EFBIG|EPERM)\n){3}"),
    ),
    Attack(
        "16c many scratch files",
        "def fill():\n"
        "    for number in range(9000): open(f'f{number}', 'w').close()\n"
        "    time.sleep(9)\n"
        "tell(fill)",
        told("ENOSPC"),
        Expected("contract", "", "wrote over 64 MiB of files"),
    ),
    Attack(
        "16d sparse scratch",
        "def fill():\n"
        "    with open('sparse', 'wb') as file: file.truncate(2**40)\n"
        "tell(fill)",
        told("EFBIG"),
    ),
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
        "18 forged success without values",
        "header(b'garbage'); os._exit(0)",
        Expected("contract", "", "no valid header"),
    ),
    Attack(
        "18b forged shape",
        'header(b\'{"is_complete":true,"columns":2147483648}\'); os._exit(0)',
        Expected("contract", "", "too short"),
    ),
    Attack(
        "18c pickle as result",
        "import pickle\n"
        "class Bomb:\n"
        "    def __reduce__(self): return (os._exit, (99,))\n"
        "os.pwrite(own_descriptors().result, pickle.dumps(Bomb()), 0); os._exit(0)",
        Expected("contract", "", "magic"),
    ),
    Attack(
        "18d deeply nested header",
        "header(b'[' * 60000); os._exit(0)",
        Expected("contract", "", "no valid header"),
    ),
    Attack(
        "18e huge numbers in the header",
        "header(b'{\"columns\":' + b'9' * 60000 + b'}'); os._exit(0)",
        Expected("contract", "", "header"),
    ),
    Attack(
        "18f header that claims 4 GB",
        "header(b'{}', 2**32 - 1); os._exit(0)",
        Expected("contract", "", "header claims"),
    ),
    Attack(
        "18g forged note with control characters",
        "import json\n"
        "note = {'exception': '\\x1b[31mE', 'message': '\\x1b]0;x\\x07m'}\n"
        "header(json.dumps({'failure': note}).encode()); os._exit(11)",
        Expected("exception", "", r"^\]0;xm$"),
    ),
    Attack(
        "19 links and devices",
        "import stat\n"
        "tell(lambda: os.symlink('@LABELS@', 'link'))\n"
        "tell(lambda: os.mkfifo('fifo'))\n"
        "tell(lambda: os.mknod('device', stat.S_IFCHR, os.makedev(1, 1)))\n"
        "tell(lambda: os.link('@LABELS@', 'hard'))\n"
        "tell(lambda: open('link').read())",
        told("EACCES", "EPERM", "EPERM", "ENOENT", "ENOENT"),
        Expected("success", "EACCES\nEPERM\nEPERM\n(EXDEV|EACCES|EPERM)\nENOENT\n"),
    ),
    Attack(
        "20 patched metrics",
        "import sklearn.metrics\n"
        "sklearn.metrics.roc_auc_score = np.mean = lambda *a, **k: 1.0",
        Expected("success"),
    ),
    Attack(
        "21a not-a-number predictions",
        "pass",
        Expected("contract", "", "not finite"),
        predict="return np.full((len(X), 2), np.nan)",
    ),
    Attack(
        "21b wrong length",
        "pass",
        Expected("contract", "", "expected 40 rows"),
        predict="return np.ones((3, 2))",
    ),
    Attack(
        "21c objects as predictions",
        "pass",
        Expected("contract", "", "not numbers"),
        predict="return np.array([[object(), object()]] * len(X))",
    ),
    Attack(
        "21d three dimensions",
        "pass",
        Expected("contract", "", "shape"),
        predict="return np.ones((len(X), 2, 2))",
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
    Attack(
        "25 descriptors and watches",
        "held = []\n"
        "try:\n"
        "    while True: held.append(os.dup(1))\n"
        "except OSError as error: print(errno.errorcode[error.errno], len(held) < 256)\n"
        "for one in held: os.close(one)\n"
        "tell(lambda: call(294, 0))",
        told("EMFILE True", "EPERM"),
    ),
    Attack(
        "26 modules in the working folder",
        "for name in ('wave', 'sklearn'):\n"
        "    with open(name + '.py', 'w') as file: file.write('raise SystemExit(9)')\n"
        "import wave, sklearn\n"
        "print(wave.__file__.startswith(os.getcwd()), '' in sys.path)",
        told("False False"),
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
        "28 changing the sealed inputs",
        "done = []\n"
        "for name in os.listdir('/proc/self/fd'):\n"
        "    try: path = os.readlink('/proc/self/fd/' + name)\n"
        "    except OSError: continue\n"
        "    if 'sage-array' not in path and 'sage-frame' not in path: continue\n"
        "    for deed in (lambda: os.pwrite(int(name), b'x', 0),\n"
        "                 lambda: os.ftruncate(int(name), 0),\n"
        "                 lambda: mmap.mmap(int(name), 9)):\n"
        "        try: deed(); done.append(name)\n"
        "        except OSError: pass\n"
        "print(done)",
        told(r"\[\]"),
    ),
    Attack(
        "29 reopening inputs for writing",
        "done = []\n"
        "for name in os.listdir('/proc/self/fd'):\n"
        "    try:\n"
        "        if 'sage-frame' not in os.readlink('/proc/self/fd/' + name): continue\n"
        "        again = os.open('/proc/self/fd/' + name, os.O_RDWR)\n"
        "        os.pwrite(again, b'x', 0); done.append(name)\n"
        "    except OSError: pass\n"
        "print(done)",
        told(r"\[\]"),
    ),
    Attack(
        "29b moving the shared offset of an input",
        "for number in range(3, 40):\n"
        "    try: os.lseek(number, 10**6, 0)\n"
        "    except OSError: pass",
        Expected("success"),
    ),
    Attack(
        "30 calls for the kernel",
        "for number in (165, 161, 321, 298, 250, 248, 323, 246, 155, 175, 169, 304,\n"
        "               101, 428, 430, 442, 170, 227, 317, 126, 105, 106):\n"
        "    tell(lambda: call(number, 0, 0, 0, 0, 0))\n"
        "tell(lambda: call(468, 0)); tell(lambda: call(600, 0))",
        Expected("success", "(EPERM\n){22}E[A-Z]+\nENOSYS\n"),
    ),
    Attack(
        "30b calls of another architecture",
        "libc.syscall(ctypes.c_long(0x40000000 | 39))",
        Expected("crash", "", "SIGSYS"),
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
    Attack(
        "32 System V shared memory",
        "for number in (29, 64, 68, 240): tell(lambda: call(number, 0, 4096, 0o1600, 0))",
        told(*["EPERM"] * 4),
    ),
    Attack(
        "33 binary and terminal output",
        "os.write(1, b'\\xff\\xfe\\x1b[31mred\\x00\\x07\\n')",
        told("\ufffd\ufffd\\[31mred"),
    ),
    Attack(
        "34 hostile column names",
        "return pd.DataFrame({'x' * 5000: X['a']})",
        Expected("contract", "", "name"),
        mode="features",
    ),
    Attack(
        "34b column names that are code and control characters",
        "return pd.DataFrame({'a\\x1b[31m\\n{{7*7}}': X['a']})",
        Expected("contract", "", "name"),
        mode="features",
    ),
    Attack(
        "35 result rewritten after it is done",
        "own = own_descriptors()\n"
        "def rewrite():\n"
        "    while True: os.pwrite(own.result, b'\\xff' * 640, 65536)\n"
        "for _ in range(2): threading.Thread(target=rewrite, daemon=True).start()",
        Expected("(contract|success)"),
        limits={"wall_seconds": 5},
    ),
    Attack(
        "36 flood of warnings",
        "import warnings\n"
        "warnings.simplefilter('always')\n"
        "for number in range(20000): warnings.warn(f'{number}')",
        Expected("success", "(?s).{60000,65536}"),
    ),
    Attack(
        "37 raising own limits",
        "tell(lambda: resource.setrlimit(resource.RLIMIT_CPU, (-1, -1)))\n"
        "tell(lambda: resource.setrlimit(resource.RLIMIT_DATA, (-1, -1)))\n"
        "tell(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (9999, 9999)))",
        told(*["ValueError"] * 3),
    ),
    Attack(
        "38 becoming another user",
        "for deed in (os.setuid, os.setgid): tell(lambda: deed(0))\n"
        "tell(lambda: os.setgroups([0]))\n"
        "tell(lambda: os.chroot('/'))\n"
        "tell(lambda: call(126, 0, 0))",
        told(*["EPERM"] * 5),
    ),
    Attack(
        "39 leaving by an open folder",
        "place = os.open('.', os.O_RDONLY)\n"
        "tell(lambda: os.stat('/proc/1/root/etc/passwd'))\n"
        "tell(lambda: open('../../../../etc/passwd'))\n"
        "tell(lambda: os.open('../../../etc/passwd', os.O_RDONLY, dir_fd=place))",
        Expected("success", "(EACCES|ENOENT|EPERM)\nENOENT\nENOENT\n"),
        Expected(
            "success", "(EACCES|ENOENT|EPERM)\n(ENOENT|EACCES)\n(ENOENT|EACCES)\n"
        ),
    ),
)
