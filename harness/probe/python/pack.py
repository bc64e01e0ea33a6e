"""pack.py ARCHIVE FOLDER INTERPRETER...: makes the zip file that goes on PYTHONPATH, the same for the same files.

Compiling the agent takes longer than all else that it does at the start of a program, so its code is packed for each
of these interpreters; any other compiles it. An interpreter that cannot be run is left out.
"""
import os
import subprocess
import sys
import zipfile

FIRST = "sitecustomize.py"
COMPILED = ["_exitproof_entry.py", "_exitproof_agent.py"]
COMPILE = """
import importlib.util, marshal, sys
source = sys.stdin.buffer.read()
sys.stdout.buffer.write(importlib.util.MAGIC_NUMBER + marshal.dumps(compile(source, sys.argv[1], "exec")))
"""


def compiled(interpreter, name, source):
    """The magic number of the interpreter's bytecode, and the code; None when it cannot be run."""
    done = subprocess.run([interpreter, "-I", "-S", "-c", COMPILE, name], input=source, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return (done.stdout[:4], done.stdout[4:]) if done.returncode == 0 else None


def add(archive, name, content):
    entry = zipfile.ZipInfo(name)
    archive.writestr(entry, content)
    # The name is UTF-8: for an ASCII one, `python -X dev` would load another codec.
    entry.flag_bits |= 0x800


def pack(path, folder, interpreters):
    def read(name):
        with open(os.path.join(folder, name), "rb") as file:
            return file.read()
    with zipfile.ZipFile(path + ".part", "w", zipfile.ZIP_STORED) as archive:
        add(archive, FIRST, read(FIRST))
        for name in COMPILED:
            source = read(name)
            add(archive, name, source)
            codes = dict(filter(None, (compiled(interpreter, name, source) for interpreter in interpreters)))
            for magic in sorted(codes):
                add(archive, name + "." + magic.hex(), codes[magic])
    os.replace(path + ".part", path)


pack(sys.argv[1], sys.argv[2], sys.argv[3:])
