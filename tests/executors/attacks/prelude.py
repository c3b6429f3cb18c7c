"""What stands before every hostile candidate: short ways to do harm and to tell of it."""

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
