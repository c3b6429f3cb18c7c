"""What is taken from a child, as it sees itself."""

import ast
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.executors.conftest import Bench


async def test_a_child_is_confined(bench: "Bench") -> None:
    fit = """
    import os, resource, signal
    status = dict(l.split(":\\t") for l in open("/proc/self/status").read().splitlines())
    print(status["NoNewPrivs"], status["SigBlk"], os.umask(0) == 0o077)
    print(resource.getrlimit(resource.RLIMIT_CORE))
    print(resource.getrlimit(resource.RLIMIT_NOFILE))
    print(resource.getrlimit(resource.RLIMIT_CPU))
    print(os.getsid(0) == os.getppid(), os.getpgid(0) == os.getpid())
    print(signal.getsignal(signal.SIGINT) == signal.SIG_DFL)
    """

    outcome = await bench.success(bench.candidate(fit=fit))

    assert outcome.output.splitlines() == [
        "1 0000000000000000 True",
        "(0, 0)",
        "(256, 256)",
        "(19, 20)",
        "True True",
        "True",
    ]


async def test_inputs_cannot_be_changed_by_a_child(bench: "Bench") -> None:
    fit = """
    import os
    for name in os.listdir("/proc/self/fd"):
        try:
            path = os.readlink("/proc/self/fd/" + name)
        except OSError:
            continue
        if "sage-frame" in path:
            for deed in (lambda: os.write(int(name), b"x"), lambda: os.ftruncate(int(name), 0)):
                try:
                    deed()
                except PermissionError as error:
                    print(error.errno)
    """

    outcome = await bench.success(bench.candidate(fit=fit))

    assert outcome.output == "1\n" * 4


REFUSED = (
    "os.fork()",
    "socket.socket()",
    "open('/etc/passwd')",
    "os.kill(1 if os.getpid() != 1 else 2, 0)",
    "os.memfd_create('x')",
    "os.symlink('a', 'b')",
    "os.setuid(1)",
    "open('/usr/lib/x', 'w')",
    "open(f'/proc/{HOST}/environ')",
    "os.execv('/bin/true', ['true'])",
    "os.unshare(0) if hasattr(os, 'unshare') else libc_call(272, 0x10000000)",
    "libc_call(425, 8, 0)",
    "resource.setrlimit(resource.RLIMIT_CPU, (-1, -1))",
    "open('big', 'wb').write(b'x' * 2**27)",
    "os.truncate('own', 0)",
    "os.open('own', os.O_RDONLY | os.O_TRUNC)",
)


async def test_each_layer_refuses_what_it_is_for(bench: "Bench") -> None:
    fit = f"""
    import ctypes, os, resource, socket
    HOST = {os.getpid()}
    libc = ctypes.CDLL(None, use_errno=True)
    def libc_call(*numbers):
        if libc.syscall(*map(ctypes.c_long, numbers)) < 0:
            raise OSError(ctypes.get_errno(), "refused")
    open("own", "w").write("x")
    for deed in {REFUSED!r}:
        try: eval(deed)
        except (OSError, ValueError): continue
        print("not refused:", deed)
    status = dict(l.split(":\\t") for l in open("/proc/self/status").read().splitlines())
    print(os.getpid(), status["CapEff"], status["CapBnd"], status["Seccomp"], os.getcwd())
    print(sorted(os.listdir("/")))
    """

    outcome = await bench.success(bench.candidate(fit=fit))

    refused, folders = outcome.output.splitlines()
    assert refused == f"1 {0:016x} {0:016x} 2 /scratch"
    assert not set(ast.literal_eval(folders)) & {"home", "var", "sys", "run", "bin"}


async def test_honest_libraries_work_behind_the_fence(bench: "Bench") -> None:
    """Threads, temporary files, late imports, copies, time zones, files of CatBoost."""
    fit = """
    import os, shutil, tempfile, zoneinfo
    import catboost, pandas as pd
    from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.model_selection import cross_val_score
    X = X.drop(columns="c")
    cross_val_score(RandomForestClassifier(5, n_jobs=-1), X, y, cv=3, n_jobs=2)
    HistGradientBoostingClassifier(max_iter=3).fit(X, y)
    catboost.CatBoostClassifier(iterations=3, verbose=False, thread_count=2).fit(X, y)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as file:
        X.to_parquet(folder + "/x.parquet")
        shutil.copy(folder + "/x.parquet", folder + "/y.parquet")
        file.write(b"xy")
        file.truncate(1)
        open(folder + "/x.parquet", "r+b").truncate(0)
        open(folder + "/y.parquet", "w").close()
    import sklearn.semi_supervised, scipy.interpolate, sqlite3
    pd.Timestamp("2024-07-01", tz=zoneinfo.ZoneInfo("Europe/Berlin"))
    print("worked", file=open(os.devnull, "w"))
    print("worked")
    """

    outcome = await bench.success(bench.candidate(fit=fit))

    assert outcome.output.endswith("worked\n")


async def test_joblib_works_behind_the_fence_whatever_it_is_told(
    bench: "Bench",
) -> None:
    """Processes are refused by the fence, so joblib is to make threads or none."""
    fit = """
    import joblib
    for backend in ("loky", "multiprocessing", "threading", "sequential"):
        work = joblib.Parallel(n_jobs=2, backend=backend)
        print(backend, sum(work(joblib.delayed(abs)(-n) for n in range(9))))
    print(sum(joblib.Parallel(n_jobs=-1)(joblib.delayed(abs)(-n) for n in range(9))))
    """

    outcome = await bench.success(bench.candidate(fit=fit))

    backends = ("loky", "multiprocessing", "threading", "sequential")
    told = [line for line in outcome.output.splitlines() if line.endswith("36")]
    assert told == [*(f"{name} 36" for name in backends), "36"]
