"""Which system calls a job may not make.

A list of what is refused: numerical libraries use too many harmless calls for a list
of what is allowed. Calls newer than our table are refused altogether.
"""

import errno
from typing import Literal, NamedTuple

_CLONE_THREAD = 0x00010000
_CLONE_NAMESPACES = 0x7E020000 | 0x00000080
_ONLY_ASKING = 0xFFFFFFFF
_TEMPORARY_FILE = 0x00400000
_TRUNCATE = 0x00000200
_WRITE = 0x00000003


class Condition(NamedTuple):
    """A condition on the low 32 bits of one argument.

    Attributes:
        argument: Its place, from 0.
        kind: `is one of` and `is none of` compare with each value; `has` and `lacks`
            look for any bit of the first; `has only with` lets it have a bit of the first
            if it has one of the second too.
        values: What is compared with.
    """

    argument: int
    kind: Literal["is one of", "is none of", "has", "lacks", "has only with"]
    values: tuple[int, ...]


class Rule(NamedTuple):
    """A call that is refused, or allowed only if all conditions hold.

    Attributes:
        name: The call.
        error: What a refused call returns; 0 pretends that it was done.
        allowed_if: Conditions; none means that the call is always refused.
    """

    name: str
    error: int = errno.EPERM
    allowed_if: tuple[Condition, ...] = ()


_PROCESSES = "fork vfork execve execveat unshare setns setpgid setsid"
_NETWORK = "socket socketpair connect bind listen accept accept4"
_OTHER_PROCESSES = (
    "tkill rt_sigqueueinfo pidfd_open pidfd_getfd pidfd_send_signal ptrace"
    " process_vm_readv process_vm_writev process_madvise process_mrelease kcmp"
    " get_robust_list ioprio_set migrate_pages move_pages"
)
_IDENTITY = (
    "setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid setfsgid"
    " capset seccomp lsm_set_self_attr"
)
_MOUNTS = (
    "mount umount2 pivot_root chroot move_mount fsopen fsconfig fsmount fspick"
    " open_tree open_tree_attr mount_setattr statmount listmount"
)
# Landlock learned to forbid truncation with Linux 6.2 only, and nothing honest does it
# by name: `ftruncate` of an open file stays.
_FILES = (
    "truncate file_setattr mknod mknodat name_to_handle_at open_by_handle_at"
    " inotify_init inotify_init1 fanotify_init lookup_dcookie"
)
_SHARED_MEMORY = (
    "shmget shmat shmctl semget semop semctl semtimedop msgget msgsnd msgrcv msgctl"
    " mq_open mq_unlink memfd_create memfd_secret"
)
_KERNEL_SURFACE = (
    "add_key request_key keyctl userfaultfd perf_event_open bpf vmsplice io_setup"
    " io_submit io_uring_setup io_uring_enter io_uring_register modify_ldt nfsservctl"
    " uselib ustat sysfs vhangup"
)
_MACHINE = (
    "kexec_load kexec_file_load init_module finit_module delete_module reboot swapon"
    " swapoff acct quotactl quotactl_fd syslog settimeofday clock_settime adjtimex"
    " clock_adjtime sethostname setdomainname iopl ioperm"
)
# Copying a file sets its mode and times. Answering that it was done keeps `shutil`
# working and leaves every file as it is.
_PRETENDED = (
    "chmod fchmod fchmodat fchmodat2 chown lchown fchown fchownat utime utimes"
    " futimesat utimensat setxattr lsetxattr fsetxattr setxattrat removexattr"
    " lremovexattr fremovexattr removexattrat"
)

# F_SETOWN, F_SETSIG, F_SETOWN_EX, F_SETLEASE, F_NOTIFY, F_SETPIPE_SZ
_FCNTL_REFUSED = (8, 10, 15, 1024, 1026, 1031)
# TIOCSTI, TIOCLINUX, FIOASYNC, FIOSETOWN, SIOCSPGRP
_IOCTL_REFUSED = (0x5412, 0x541C, 0x5452, 0x8901, 0x8902)
# PDEATHSIG, DUMPABLE, KEEPCAPS, SECCOMP, CAPBSET_DROP, SECUREBITS, MM,
# CHILD_SUBREAPER, CAP_AMBIENT, PTRACER
_PRCTL_REFUSED = (1, 4, 8, 22, 24, 28, 35, 36, 47, 0x59616D61)


def rules_for(own_process: int) -> tuple[Rule, ...]:
    """Return all rules.

    Args:
        own_process: The process id that calls on itself may name.
    """
    itself = Condition(0, "is one of", (own_process,))
    itself_or_zero = Condition(0, "is one of", (0, own_process))
    zero = Condition(0, "is one of", (0,))
    is_thread = (
        Condition(0, "has", (_CLONE_THREAD,)),
        Condition(0, "lacks", (_CLONE_NAMESPACES,)),
    )
    no_hidden_file = Condition(2, "lacks", (_TEMPORARY_FILE,))
    # Opening to read can truncate too, and Landlock before Linux 6.2 lets it.
    no_cut = Condition(2, "has only with", (_TRUNCATE, _WRITE))
    opening = (no_hidden_file, no_cut)
    return (
        Rule("clone", allowed_if=is_thread),
        # The C library falls back to clone, whose flags can be read here.
        Rule("clone3", errno.ENOSYS),
        Rule("openat2", errno.ENOSYS),
        Rule("open", errno.EOPNOTSUPP, tuple(c._replace(argument=1) for c in opening)),
        Rule("openat", errno.EOPNOTSUPP, opening),
        Rule("kill", allowed_if=(itself,)),
        Rule("tgkill", allowed_if=(itself,)),
        Rule("rt_tgsigqueueinfo", allowed_if=(itself,)),
        Rule("prlimit64", allowed_if=(itself_or_zero,)),
        Rule("setpriority", allowed_if=(zero, zero._replace(argument=1))),
        Rule("sched_setaffinity", allowed_if=(itself_or_zero,)),
        Rule("sched_setscheduler", allowed_if=(itself_or_zero,)),
        Rule("sched_setparam", allowed_if=(itself_or_zero,)),
        Rule("sched_setattr", allowed_if=(itself_or_zero,)),
        Rule("personality", allowed_if=(Condition(0, "is one of", (_ONLY_ASKING,)),)),
        Rule("prctl", allowed_if=(Condition(0, "is none of", _PRCTL_REFUSED),)),
        Rule("fcntl", allowed_if=(Condition(1, "is none of", _FCNTL_REFUSED),)),
        Rule("ioctl", allowed_if=(Condition(1, "is none of", _IOCTL_REFUSED),)),
        *(
            Rule(name)
            for family in (
                _PROCESSES,
                _NETWORK,
                _OTHER_PROCESSES,
                _IDENTITY,
                _MOUNTS,
                _FILES,
                _SHARED_MEMORY,
                _KERNEL_SURFACE,
                _MACHINE,
            )
            for name in family.split()
        ),
        *(Rule(name, 0) for name in _PRETENDED.split()),
    )
