"""Registers an exit handler, puts a filter upon its calls under which prctl(2) fails with EPERM, and registers another."""
import atexit
import ctypes
import struct

PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2
SYS_prctl = 157
# BPF: load the call's number; for prctl EPERM, else allow.
INSTRUCTIONS = [(0x20, 0, 0, 0), (0x15, 0, 1, SYS_prctl), (0x06, 0, 0, 0x00050001), (0x06, 0, 0, 0x7FFF0000)]

atexit.register(print, "first")
libc = ctypes.CDLL(None, use_errno=True)
program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *one) for one in INSTRUCTIONS))
described = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(INSTRUCTIONS), ctypes.addressof(program)))
assert libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
assert libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, described, 0, 0) == 0
atexit.register(print, "second")
