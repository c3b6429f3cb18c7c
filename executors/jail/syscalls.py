"""Numbers of the system calls that the fence names, by processor architecture.

The column for aarch64 follows the kernel's generic table; it is not tested and this
project does not claim to support that architecture.
"""

import functools
import platform
from typing import NamedTuple


class Numbers(NamedTuple):
    """Number of one system call; None where an architecture does not have it."""

    x86_64: int | None
    aarch64: int | None


class Architecture(NamedTuple):
    """What a system-call filter must know of an architecture.

    Attributes:
        audit: The number by which the kernel names it (`AUDIT_ARCH_*`).
        numbers: Number of each call that it has.
    """

    audit: int
    numbers: dict[str, int]


# Calls that came after this one (Linux 6.17) are unknown here, and refused.
LAST_KNOWN_NUMBER = 469

SYSTEM_CALLS = {
    "accept": Numbers(43, 202),
    "accept4": Numbers(288, 242),
    "acct": Numbers(163, 89),
    "add_key": Numbers(248, 217),
    "adjtimex": Numbers(159, 171),
    "bind": Numbers(49, 200),
    "bpf": Numbers(321, 280),
    "capget": Numbers(125, 90),
    "capset": Numbers(126, 91),
    "chmod": Numbers(90, None),
    "chown": Numbers(92, None),
    "chroot": Numbers(161, 51),
    "clock_adjtime": Numbers(305, 266),
    "clock_settime": Numbers(227, 112),
    "clone": Numbers(56, 220),
    "clone3": Numbers(435, 435),
    "connect": Numbers(42, 203),
    "delete_module": Numbers(176, 106),
    "execve": Numbers(59, 221),
    "execveat": Numbers(322, 281),
    "fanotify_init": Numbers(300, 262),
    "fchmod": Numbers(91, 52),
    "fchmodat": Numbers(268, 53),
    "fchmodat2": Numbers(452, 452),
    "fchown": Numbers(93, 55),
    "fchownat": Numbers(260, 54),
    "fcntl": Numbers(72, 25),
    "file_setattr": Numbers(469, 469),
    "finit_module": Numbers(313, 273),
    "fork": Numbers(57, None),
    "fremovexattr": Numbers(199, 16),
    "fsconfig": Numbers(431, 431),
    "fsetxattr": Numbers(190, 7),
    "fsmount": Numbers(432, 432),
    "fsopen": Numbers(430, 430),
    "fspick": Numbers(433, 433),
    "futimesat": Numbers(261, None),
    "get_robust_list": Numbers(274, 100),
    "init_module": Numbers(175, 105),
    "inotify_init": Numbers(253, None),
    "inotify_init1": Numbers(294, 26),
    "io_setup": Numbers(206, 0),
    "io_submit": Numbers(209, 2),
    "io_uring_enter": Numbers(426, 426),
    "io_uring_register": Numbers(427, 427),
    "io_uring_setup": Numbers(425, 425),
    "ioctl": Numbers(16, 29),
    "ioperm": Numbers(173, None),
    "iopl": Numbers(172, None),
    "ioprio_set": Numbers(251, 30),
    "kcmp": Numbers(312, 272),
    "kexec_file_load": Numbers(320, 294),
    "kexec_load": Numbers(246, 104),
    "keyctl": Numbers(250, 219),
    "kill": Numbers(62, 129),
    "landlock_add_rule": Numbers(445, 445),
    "landlock_create_ruleset": Numbers(444, 444),
    "landlock_restrict_self": Numbers(446, 446),
    "lchown": Numbers(94, None),
    "listen": Numbers(50, 201),
    "listmount": Numbers(458, 458),
    "lookup_dcookie": Numbers(212, 18),
    "lremovexattr": Numbers(198, 15),
    "lsetxattr": Numbers(189, 6),
    "lsm_set_self_attr": Numbers(460, 460),
    "memfd_create": Numbers(319, 279),
    "memfd_secret": Numbers(447, 447),
    "migrate_pages": Numbers(256, 238),
    "mknod": Numbers(133, None),
    "mknodat": Numbers(259, 33),
    "modify_ldt": Numbers(154, None),
    "mount": Numbers(165, 40),
    "mount_setattr": Numbers(442, 442),
    "move_mount": Numbers(429, 429),
    "move_pages": Numbers(279, 239),
    "mq_open": Numbers(240, 180),
    "mq_unlink": Numbers(241, 181),
    "msgctl": Numbers(71, 187),
    "msgget": Numbers(68, 186),
    "msgrcv": Numbers(70, 188),
    "msgsnd": Numbers(69, 189),
    "name_to_handle_at": Numbers(303, 264),
    "nfsservctl": Numbers(180, 42),
    "open": Numbers(2, None),
    "open_by_handle_at": Numbers(304, 265),
    "open_tree": Numbers(428, 428),
    "open_tree_attr": Numbers(467, 467),
    "openat": Numbers(257, 56),
    "openat2": Numbers(437, 437),
    "perf_event_open": Numbers(298, 241),
    "personality": Numbers(135, 92),
    "pidfd_getfd": Numbers(438, 438),
    "pidfd_open": Numbers(434, 434),
    "pidfd_send_signal": Numbers(424, 424),
    "pivot_root": Numbers(155, 41),
    "prctl": Numbers(157, 167),
    "prlimit64": Numbers(302, 261),
    "process_madvise": Numbers(440, 440),
    "process_mrelease": Numbers(448, 448),
    "process_vm_readv": Numbers(310, 270),
    "process_vm_writev": Numbers(311, 271),
    "ptrace": Numbers(101, 117),
    "quotactl": Numbers(179, 60),
    "quotactl_fd": Numbers(443, 443),
    "reboot": Numbers(169, 142),
    "removexattr": Numbers(197, 14),
    "removexattrat": Numbers(466, 466),
    "request_key": Numbers(249, 218),
    "rt_sigqueueinfo": Numbers(129, 138),
    "rt_tgsigqueueinfo": Numbers(297, 240),
    "sched_setaffinity": Numbers(203, 122),
    "sched_setattr": Numbers(314, 274),
    "sched_setparam": Numbers(142, 118),
    "sched_setscheduler": Numbers(144, 119),
    "seccomp": Numbers(317, 277),
    "semctl": Numbers(66, 191),
    "semget": Numbers(64, 190),
    "semop": Numbers(65, 193),
    "semtimedop": Numbers(220, 192),
    "setdomainname": Numbers(171, 162),
    "setfsgid": Numbers(123, 152),
    "setfsuid": Numbers(122, 151),
    "setgid": Numbers(106, 144),
    "setgroups": Numbers(116, 159),
    "sethostname": Numbers(170, 161),
    "setns": Numbers(308, 268),
    "setpgid": Numbers(109, 154),
    "setpriority": Numbers(141, 140),
    "setregid": Numbers(114, 143),
    "setresgid": Numbers(119, 149),
    "setresuid": Numbers(117, 147),
    "setreuid": Numbers(113, 145),
    "setsid": Numbers(112, 157),
    "settimeofday": Numbers(164, 170),
    "setuid": Numbers(105, 146),
    "setxattr": Numbers(188, 5),
    "setxattrat": Numbers(463, 463),
    "shmat": Numbers(30, 196),
    "shmctl": Numbers(31, 195),
    "shmget": Numbers(29, 194),
    "socket": Numbers(41, 198),
    "socketpair": Numbers(53, 199),
    "statmount": Numbers(457, 457),
    "swapoff": Numbers(168, 225),
    "swapon": Numbers(167, 224),
    "sysfs": Numbers(139, None),
    "syslog": Numbers(103, 116),
    "tgkill": Numbers(234, 131),
    "tkill": Numbers(200, 130),
    "truncate": Numbers(76, 45),
    "umount2": Numbers(166, 39),
    "unshare": Numbers(272, 97),
    "uselib": Numbers(134, None),
    "userfaultfd": Numbers(323, 282),
    "ustat": Numbers(136, None),
    "utime": Numbers(132, None),
    "utimensat": Numbers(280, 88),
    "utimes": Numbers(235, None),
    "vfork": Numbers(58, None),
    "vhangup": Numbers(153, 58),
    "vmsplice": Numbers(278, 75),
}


@functools.cache
def architecture_named(machine: str) -> Architecture | None:
    """Return an architecture by the name that `uname -m` prints, None if unknown."""
    match machine:
        case "x86_64":
            found = {n: numbers.x86_64 for n, numbers in SYSTEM_CALLS.items()}
            audit = 0xC000003E
        case "aarch64":
            found = {n: numbers.aarch64 for n, numbers in SYSTEM_CALLS.items()}
            audit = 0xC00000B7
        case _:
            return None
    known = {name: number for name, number in found.items() if number is not None}
    return Architecture(audit, known)


def number_of(name: str) -> int:
    """Return the number of a system call on this machine.

    Raises:
        OSError: This architecture is not known here or has no such call.
    """
    here = architecture_named(platform.machine())
    if here is None or name not in here.numbers:
        raise OSError(f"{name} is not known on {platform.machine()}")
    return here.numbers[name]
