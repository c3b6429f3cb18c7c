"""Attacks on the kernel by calls that no candidate needs."""

from tests.executors.attacks.attack import Attack, Expected, told

ON_KERNEL = (
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
        "32 System V shared memory",
        "for number in (29, 64, 68, 240): tell(lambda: call(number, 0, 4096, 0o1600, 0))",
        told(*["EPERM"] * 4),
    ),
    Attack(
        "38 becoming another user",
        "for deed in (os.setuid, os.setgid): tell(lambda: deed(0))\n"
        "tell(lambda: os.setgroups([0]))\n"
        "tell(lambda: os.chroot('/'))\n"
        "tell(lambda: call(126, 0, 0))",
        told(*["EPERM"] * 5),
    ),
)
