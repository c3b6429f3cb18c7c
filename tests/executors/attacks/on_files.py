"""Attacks on files that are not the candidate's own, and on its inputs."""

from tests.executors.attacks.attack import Attack, Expected, told

ON_FILES = (
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
        "26 modules in the working folder",
        "for name in ('wave', 'sklearn'):\n"
        "    with open(name + '.py', 'w') as file: file.write('raise SystemExit(9)')\n"
        "import wave, sklearn\n"
        "print(wave.__file__.startswith(os.getcwd()), '' in sys.path)",
        told("False False"),
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
