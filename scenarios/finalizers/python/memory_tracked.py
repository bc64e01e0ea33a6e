"""Shared memory with a name: when its maker is killed, the resource tracker removes it, unless that is killed too."""
import time
from multiprocessing import shared_memory

memory = shared_memory.SharedMemory(create=True, size=4096)
try:
    time.sleep(0.3)  # the tracker is a Python of its own, and starts
    print("ready", flush=True)
    time.sleep(0.1)
finally:
    memory.close()
    memory.unlink()
