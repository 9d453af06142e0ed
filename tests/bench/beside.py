"""What the scripts beside this file share: what they build and install, a project to run in, and how a program is measured."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CARGO = os.environ.get("CARGO", "cargo")
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
# Below `target`, not in the system's temporary folder, which may be memory where nothing is ever synced.
FOLDER = TARGET / "beside"

# Started in place of a program: what it starts is the only child it has, and none of our own memory is counted for it.
MEASURES = """
import json, os, resource, subprocess, sys, time
begins = time.monotonic()
status = subprocess.run(sys.argv[2:], stdin=subprocess.DEVNULL).returncode
seconds = time.monotonic() - begins
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as file:
    json.dump({"status": status, "seconds": seconds, "mb": used.ru_maxrss / 1024, "cpu": used.ru_utime + used.ru_stime}, file)
"""


def stop(why):
    """Ends the script: it could not do its work."""
    print(f"error: {why}", file=sys.stderr)
    sys.exit(2)


def built():
    """The program, built for release."""
    done = subprocess.run([CARGO, "build", "--release"], cwd=ROOT, stdin=subprocess.DEVNULL)
    if done.returncode:
        stop("the release build failed")
    return TARGET / "release/chancery"


def from_npm(*packages):
    """A folder with these npm packages, each `NAME@VERSION`; installed once."""
    if not shutil.which("npm"):
        stop("this needs Node.js and npm")
    return installed("node", packages, lambda folder: [
        ["npm", "install", "--prefix", folder, "--no-audit", "--no-fund", "--no-save", "--loglevel=error", *packages],
    ])


def from_pypi(*packages):
    """A folder with a virtual environment that holds these Python packages, each `NAME==VERSION`; installed once."""
    return installed("python", packages, lambda folder: [
        [sys.executable, "-m", "venv", folder],
        [folder / "bin/pip", "install", "--quiet", "--disable-pip-version-check", *packages],
    ])


def installed(kind, packages, commands):
    """A folder of its own for these packages, kept for the next time once all commands have worked."""
    name = "-".join([kind, *packages]).replace("/", "_").replace("=", "")
    folder = FOLDER / "installed" / name
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        print(f"installing {' '.join(packages)}", file=sys.stderr)
        for command in commands(folder):
            if subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=sys.stderr).returncode:
                stop(f"{' '.join(packages)} could not be installed")
        (folder / "complete").touch()
    return folder


def environment(home, **more):
    """What a program is told: nothing of whoever runs the script but where programs are."""
    plain = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8"}
    return {**plain, **{name: str(value) for name, value in more.items()}}


class Place:
    """A temporary folder, gone at the end, with one program's working folder and home."""

    def __init__(self):
        FOLDER.mkdir(parents=True, exist_ok=True)
        self.room = tempfile.TemporaryDirectory(dir=FOLDER)
        self.folder = pathlib.Path(self.room.name) / "work"
        self.home = pathlib.Path(self.room.name) / "home"
        self.folder.mkdir()
        self.home.mkdir()
        self.variables = {}

    def write(self, path, text):
        """Writes a file, folders included."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def measured(self, command):
        """Runs a command to its end: its exit status, seconds, CPU seconds, peak memory in MB and what it wrote to stdout."""
        told = self.home / "measured.json"
        output = self.home / "stdout"
        with open(output, "wb") as stdout, open(self.home / "stderr", "wb") as stderr:
            wrapped = [sys.executable, "-S", "-E", "-c", MEASURES, told, *command]
            subprocess.run([str(word) for word in wrapped], cwd=self.folder, env=environment(self.home, **self.variables),
                           stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, check=True)
        measured = json.loads(told.read_text())
        measured["stdout"] = output.read_bytes()
        measured["stderr"] = (self.home / "stderr").read_text(errors="replace")
        return measured


class Project(Place):
    """A chancery project of one person."""

    def __init__(self, program):
        super().__init__()
        self.program = program
        self.variables["CHANCERY_SIGNING_KEY"] = self.home / "key"
        begun = self.run("init", ".", "--solo", "--handle", "bench", "--new-key", self.home / "key")
        if begun["status"]:
            stop(f"no project could be begun: {begun['stderr']}")

    def run(self, *args):
        """Runs the program."""
        return self.measured([self.program, *args])

    def json(self, *args):
        """Runs the program with `--json` and gives its document beside what was measured."""
        measured = self.run("--json", *args)
        return json.loads(measured["stdout"]), measured
