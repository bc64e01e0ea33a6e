#!/usr/bin/env python3
"""Runs what the documentation says, and compares what comes with what is shown.

    run_docs.py [--write] EXITPROOF PAGE...

A page is a Markdown file. It is run from its top to its end by one bash in a fresh folder, with EXITPROOF, the path of
the command, first on PATH, and the subjects of the scenarios behind it. Its fenced blocks say what is done:

    ```console               lines that begin with `$ ` are commands, with `> ` for a line that goes on; what follows is
                             what the command prints on stdout and stderr. `...` stands for any text within a line, and
                             alone on a line for any lines. A command whose status is not 0 fails, unless `$ echo $?`
                             comes next.
    ```console about         as before, but a number other than 0 stands for any number other than 0, `us` and `ms`
                             after it for each other, and spaces for any spaces
    ```console generated     as before, exactly; --write puts in what the command prints now
    ```console needs: A, B   as `about`, where the programs A and B are installed; else it is counted as skipped
    ```console skip: WHY     not run; counted, and told
    ```LANG file=NAME        the block is written to the file NAME
    ```LANG append=NAME      the block is written to its end

What is not run is read: an option that the page gives to exitproof must be one of its verb, unless the page shows that
it is refused. A command of exitproof in any other block is an error: it would be run by nobody. Exit status: 0 all is
as shown, 1 something is not, 2 usage."""

import os
import re
import shutil
import subprocess
import sys
import tempfile

FENCE = re.compile(r"^```(\w*) ?(.*)$")
MENTION = re.compile(r"\bexitproof (run|survey|replay|certify|verify|merge|init|list|doctor)\b((?:[^`\n]|\\\n> )*)")
OPTION = re.compile(r"(?<![\w-])(--[a-z][a-z-]*)")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
SMALL_UNIT = re.compile(r" [um]s\b")
OTHER_THAN_ZERO = r"(?!0+(?![\d.]))\d+(?:\.\d+)?"
PAGE_SECONDS_MAX = 240


class Wrong(Exception):
    """What the page says is not so."""


class Command:
    def __init__(self, line, text):
        self.line = line
        self.text = text
        self.shown = []


class Block:
    def __init__(self, line, language, info):
        self.line = line
        self.language = language
        self.info = info
        self.lines = []

    def file(self):
        return re.search(r"\b(file|append)=(\S+)", self.info)

    def why_skipped(self, path):
        if self.info.startswith("skip:"):
            return self.info[len("skip:"):].strip()
        if self.info.startswith("needs:"):
            missing = [name for name in re.split(r"[ ,]+", self.info[len("needs:"):].strip())
                       if not shutil.which(name, path=path)]
            if missing:
                return "there is no " + ", ".join(missing)
        return ""

    def commands(self):
        commands = []
        for number, line in enumerate(self.lines, self.line + 1):
            if line.startswith("$ "):
                commands.append(Command(number, line[2:]))
            elif not commands:
                raise Wrong(f"{self.line}: a console block begins with a command")
            elif line.startswith("> ") and commands[-1].text.endswith("\\") and not commands[-1].shown:
                commands[-1].text += "\n" + line[2:]
            else:
                commands[-1].shown.append(line)
        return commands


def blocks_of(text):
    blocks, block, fence = [], None, None
    for number, line in enumerate(text.split("\n"), 1):
        if block is None:
            fence = FENCE.match(line)
            if fence:
                block = Block(number, fence.group(1), fence.group(2).strip())
            elif line.startswith(("    exitproof ", "    $ ")):
                raise Wrong(f"{number}: a command that nobody runs; put it into a console block")
        elif line == "```":
            blocks.append(block)
            block = None
        else:
            block.lines.append(line)
    if block is not None:
        raise Wrong(f"{block.line}: the block has no end")
    for block in blocks:
        runs = [line for line in block.lines if line.startswith(("exitproof ", "$ "))]
        if runs and block.language != "console" and not block.file():
            raise Wrong(f"{block.line}: a command that nobody runs; put it into a console block")
    return blocks


def line_pattern(line, about):
    def exact(text):
        if not about:
            return re.escape(text)
        pattern, end = "", 0
        for number in NUMBER.finditer(text):
            pattern += re.escape(text[end:number.start()])
            pattern += re.escape(number.group()) if float(number.group()) == 0 else OTHER_THAN_ZERO
            end = number.end()
            if SMALL_UNIT.match(text, end):
                pattern, end = pattern + " [um]s", end + 3
        return pattern + re.escape(text[end:])
    return ".*".join(exact(part) for part in line.split("..."))


def agrees(shown, printed, about):
    """Whether the lines printed are those shown, `...` being any."""
    if about:
        shown, printed = ([re.sub(" +", " ", line) for line in lines] for lines in (shown, printed))
    pattern = ""
    for line in shown:
        pattern += r"(?:.*\n)*?" if line.strip() == "..." else line_pattern(line.rstrip(), about) + r" *\n"
    return re.fullmatch(pattern, "".join(line.rstrip() + "\n" for line in printed)) is not None


class Shell:
    """One bash in a folder, which is asked line by line. Ends with it."""

    def __init__(self, folder, path):
        environment = {"PATH": path, "HOME": folder, "LC_ALL": "C.UTF-8", "TMPDIR": os.path.join(folder, ".tmp"),
                       "USER": os.environ.get("USER", "me")}
        os.mkdir(environment["TMPDIR"])
        self.mark = f"---{os.getpid()}---"
        self.bash = subprocess.Popen(["timeout", str(PAGE_SECONDS_MAX), "bash", "--norc"], cwd=folder, env=environment,
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def run(self, command):
        """What it prints, and its status."""
        quoted = "'" + command.replace("'", "'\\''") + "'"
        ask = f"status() {{ return ${{last:-0}}; }}; status; eval {quoted} </dev/null; last=$?; " \
              f"printf '\\n{self.mark}%s\\n' \"$last\"\n"
        self.bash.stdin.write(ask.encode())
        self.bash.stdin.flush()
        printed = []
        for line in self.bash.stdout:
            line = line.decode(errors="replace").rstrip("\n")
            if line.startswith(self.mark):
                if printed and printed[-1] == "":
                    printed.pop()
                return printed, int(line[len(self.mark):])
            printed.append(line)
        raise Wrong(f"{command}\n  the shell ended, or {PAGE_SECONDS_MAX} s were not enough; it printed\n    " +
                    "\n    ".join(printed))

    def end(self):
        self.bash.stdin.close()
        self.bash.stdout.close()
        self.bash.wait()


class Page:
    def __init__(self, name, exitproof, write):
        self.name = name
        self.write = write
        folder = os.path.dirname(exitproof)
        self.path = f"{folder}:{folder}/subjects:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"
        self.faults = []
        self.run_count = 0
        self.skipped = []

    def check(self):
        with open(self.name, encoding="utf-8") as file:
            text = file.read()
        self.check_options(text)
        with tempfile.TemporaryDirectory(prefix="exitproof-docs-") as folder:
            shell = Shell(folder, self.path)
            try:
                for block in blocks_of(text):
                    text = self.check_block(block, shell, folder, text)
            except Wrong as wrong:
                self.faults.append(f"{self.name}:{wrong}")
            finally:
                shell.end()
        if self.write:
            with open(self.name, "w", encoding="utf-8") as file:
                file.write(text)

    def check_options(self, text):
        helps = {}
        for mention in MENTION.finditer(text):
            verb, words = mention.group(1), re.split(r" -- ", mention.group(2) + " ")[0]
            for option in OPTION.findall(words):
                if verb not in helps:
                    helps[verb] = subprocess.run(["exitproof", verb, "--help-all"], capture_output=True, text=True,
                                                 env={"PATH": self.path}, check=False).stdout
                known = re.search(re.escape(option) + r"(?![\w-])", helps[verb])
                if not known and f"has no option {option}:" not in text:
                    line = text.count("\n", 0, mention.start()) + 1
                    self.faults.append(f"{self.name}:{line}: exitproof {verb} has no option {option}")

    def check_block(self, block, shell, folder, text):
        if block.file():
            how, name = block.file().groups()
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            with open(os.path.join(folder, name), "w" if how == "file" else "a", encoding="utf-8") as file:
                file.write("\n".join(block.lines) + "\n")
        if block.language != "console":
            return text
        why = block.why_skipped(self.path)
        commands = block.commands()
        if why:
            self.skipped += [(command, why) for command in commands]
            return text
        shown, now = "\n".join(block.lines), []
        for index, command in enumerate(commands):
            printed, status = shell.run(command.text)
            self.run_count += 1
            now += ["$ " + command.text.replace("\n", "\n> ")] + [line.rstrip() for line in printed]
            about = block.info.startswith(("about", "needs:")) and command.text != "echo $?"
            asked = index + 1 < len(commands) and commands[index + 1].text == "echo $?"
            if status != 0 and not asked:
                self.fault(command, printed, f"its exit status is {status}")
            elif not (self.write and block.info == "generated") and not agrees(command.shown, printed, about):
                self.fault(command, printed, "it does not print what is shown")
        if self.write and block.info == "generated":
            text = text.replace("\n" + shown + "\n```", "\n" + "\n".join(now) + "\n```", 1)
        return text

    def fault(self, command, printed, what):
        self.faults.append(f"{self.name}:{command.line}: $ {command.text}\n  {what}; it printed\n    " +
                           "\n    ".join(printed))


def main(arguments):
    write = arguments[:1] == ["--write"]
    arguments = arguments[1:] if write else arguments
    if len(arguments) < 2 or not os.access(arguments[0], os.X_OK):
        print(__doc__.split("\n\n")[1].strip(), file=sys.stderr)
        return 2
    failed = False
    for name in arguments[1:]:
        page = Page(name, os.path.abspath(arguments[0]), write)
        page.check()
        for fault in page.faults:
            print(fault)
        for command, why in page.skipped:
            print(f"{name}:{command.line}: skipped: {why}: $ {command.text.splitlines()[0]}")
        print(f"{name}: {page.run_count} commands run, {len(page.skipped)} skipped, {len(page.faults)} wrong")
        failed = failed or page.faults
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
