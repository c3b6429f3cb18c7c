"""Attacks on the room for files, output and descriptors."""

from tests.executors.attacks.attack import Attack, Expected, told

ON_SPACE = (
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
)
