"""Attacks on processes: more of them, their signals, limits and lives."""

from tests.executors.attacks.attack import Attack, Expected, told

ON_PROCESSES = (
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
)
