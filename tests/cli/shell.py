#!/usr/bin/env python3
"""The built command under real pipes, pseudo terminals and signals. Ends with "N passed, N failed".

usage: tests/cli/shell.py [COMMAND]
"""
import errno
import fcntl
import os
import pty
import re
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
COMMAND = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "src/CryptoDev.Cli/bin/Release/net10.0/cryptodev"))

# A bound for what hangs, longer on a slow machine: tests/lab/patience.sh measures how much.
EVENT_SECONDS = 60


def time_factor():
    given = os.environ.get("CRYPTODEV_TIME_FACTOR", "")
    if re.fullmatch("[1-9][0-9]{0,3}", given):
        return int(given)
    script = '. "$0"; measure_time_factor'
    return int(subprocess.run(["bash", "-c", script, os.path.join(ROOT, "tests/lab/patience.sh")], capture_output=True).stdout)


BOUND = EVENT_SECONDS * time_factor()
KEY = ["--key", "000102030405060708090a0b0c0d0e0f"]
IV = ["--iv", "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"]
NONCE = ["--iv", "000102030405060708090a0b"]
CTR = ["enc", "-a", "aes-128-ctr", *KEY, *IV]
X = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
right = wrong = 0


def exit_codes():
    """The table of docs/cli.md: the meaning of each code by the code."""
    with open(os.path.join(ROOT, "docs/cli.md"), encoding="utf-8") as page:
        return {int(row[0]): row[1] for row in re.findall(r"^\| (\d+) \| (.*) \|$", page.read(), re.M)}


CODES = exit_codes()


def code(words):
    """The one code whose meaning has these words, so that no number stands in a test."""
    found = [number for number, meaning in CODES.items() if words in meaning]
    assert len(found) == 1, f"{words!r} is the meaning of {found}"
    return found[0]


FINE, DIFFERENT, USAGE = code("done, and"), code("verification failed"), code("does not fit")
FILE, GONE = code("could not be read"), code("nobody reads")
BY_SIGNAL = {signal.SIGINT: code("by SIGINT"), signal.SIGTERM: code("by SIGTERM"), signal.SIGHUP: code("by SIGHUP")}


def defaults():
    """Whoever starts this may ignore signals, and a child inherits that."""
    for number in (*BY_SIGNAL, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)


def start(words, before=None, **streams):
    def prepare():
        defaults()
        if before is not None:
            before()

    return subprocess.Popen([COMMAND, *words], preexec_fn=prepare, start_new_session=True, **streams)


def run(*words, data=b"", before=None, cwd=None, stdin=None):
    """Exit code, stdout and stderr of a run."""
    streams = {"stdin": subprocess.PIPE if stdin is None else stdin, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    child = start(words, before, cwd=cwd, **streams)
    try:
        out, err = child.communicate(data if stdin is None else None, timeout=BOUND)
    finally:
        child.kill()
    return child.returncode, out, err


def end(child):
    """The exit code; an error if it does not end."""
    try:
        return child.wait(BOUND)
    finally:
        child.kill()
        child.wait()


def until(true, child=None):
    over = time.monotonic() + BOUND
    while not true():
        assert time.monotonic() < over, "it did not come"
        assert child is None or child.poll() is None, f"ended with {child.returncode}"
        time.sleep(0.05)


def equal(got, expected):
    assert got == expected, f"expected {expected!r}, got {got!r}"


def write(name, content=b"x"):
    with open(name, "wb") as file:
        file.write(content)


def closing(*numbers):
    return lambda: [os.close(number) for number in numbers]


# -- readers that are gone


def reader_gone(words, taken=10):
    """Reads some bytes, closes the pipe, and gives the exit code and stderr."""
    child = start(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if taken:
        assert child.stdout.read(taken), "no output"
    child.stdout.close()
    error = child.stderr.read()
    return end(child), error


def test_a_reader_that_takes_10_bytes():
    for words in ([*CTR, "--in", "/dev/zero"], ["rng", "8G"]):
        equal(reader_gone(words), (GONE, b""))


def test_a_reader_that_takes_nothing():
    commands = (["dgst", "-a", "sha256"], ["enc", "-a", "null", "--in", COMMAND], ["rng", "10"], ["doctor"], ["drivers", "--json"])
    more = (["--help"], ["enc", "--help"], ["--version"], ["abi", "--dialect", "linux"], ["key", "mod", "--a", "5", "--mod", "3"])
    speed = ["speed", "-a", "sha256", "--size", "64", "--seconds", "0.01", "--driver", "software"]
    for words in (*commands, *more, speed):
        equal((words, reader_gone(words, 0)), (words, (GONE, b"")))


def test_a_connection_that_was_closed():
    ours, theirs = socket.socketpair()
    child = start([*CTR, "--in", "/dev/zero"], stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.PIPE)
    theirs.close()
    assert ours.recv(10)
    ours.close()
    equal((child.stderr.read(), end(child)), (b"", GONE))


def test_messages_that_nobody_reads():
    digest = ["dgst", "-a", "sha256"]
    for number, words in ((USAGE, ["dgst", "--no-such"]), (FINE, [*digest, "-v"]), (FILE, [*digest, "missing"])):
        child = start(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        child.stderr.close()
        equal((words, end(child)), (words, number))


def test_a_pipe_that_does_not_block():
    reading, writing = os.pipe()
    for end_of_pipe in (reading, writing):
        fcntl.fcntl(end_of_pipe, fcntl.F_SETFL, os.O_NONBLOCK)
    child = start(["dgst", "-a", "sha256"], stdin=reading, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(0.5)
    os.write(writing, b"x")
    os.close(writing)
    os.close(reading)
    out, error = child.communicate(timeout=BOUND)
    equal((child.returncode, out, error), (FINE, f"{X}  -\n".encode(), b""))


# -- signals


def waits(words, number, **streams):
    """Sends the signal once the command waits, which is seen by its processor time standing still."""
    child = start(words, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, **streams)

    def ticks():
        with open(f"/proc/{child.pid}/stat", encoding="ascii") as stat:
            return sum(int(word) for word in stat.read().rsplit(")", 1)[1].split()[11:13])

    seen = [-1] * 12

    def rests():
        seen.append(ticks())
        return seen[-1] > 0 and len(set(seen[-12:])) == 1

    until(rests, child)
    os.kill(child.pid, number)
    error = child.stderr.read()
    return end(child), error


def test_signals_in_every_waiting_place():
    os.mkfifo("fifo")
    gcm = ["enc", "-a", "aes-128-gcm", *NONCE]
    places = [
        ["dgst", "-a", "sha256"],
        ["dgst", "-a", "sha256", "fifo"],
        ["dgst", "-a", "sha256", "/dev/stdin"],
        ["dgst", "-a", "sha256", "-c"],
        ["dgst", "-a", "sha256", "-c", "fifo"],
        ["dgst", "-a", "hmac-sha256", "--key", "@fifo"],
        [*CTR],
        [*CTR, "--in", "fifo"],
        [*gcm, *KEY],
        [*gcm, "--key", "@/dev/stdin"],
        ["enc", "-a", "null", "--in", COMMAND, "--out", "fifo"],
        ["key", "mod", "--batch", "-"],
        ["key", "mod", "--batch", "fifo"],
        ["key", "mod", "--a", "@fifo", "--mod", "3"],
    ]
    for turn, words in enumerate(places):
        number = list(BY_SIGNAL)[turn % 3]
        reading, writing = os.pipe()
        got = waits(words, number, stdin=reading)
        os.close(reading)
        os.close(writing)
        equal((words, got), (words, (BY_SIGNAL[number], b"cryptodev: interrupted\n")))


def test_no_temporary_file_stays_after_a_signal():
    for number, expected in BY_SIGNAL.items():
        os.mkdir(f"folder{number}")
        for twice in (False, True):
            child = start(["enc", "-a", "null", "--out", f"folder{number}/out"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
            child.stdin.write(bytes(3 << 20))
            child.stdin.flush()
            until(lambda: os.listdir(f"folder{number}"), child)
            os.kill(child.pid, number)
            if twice:
                os.kill(child.pid, number)
            equal(end(child), expected)
            child.stdin.close()
            equal(os.listdir(f"folder{number}"), [])


def test_a_list_without_line_ends():
    def little_memory():
        resource.setrlimit(resource.RLIMIT_DATA, (1 << 30, 1 << 30))

    for words, expected in ((["dgst", "-a", "sha256", "-c", "/dev/zero"], DIFFERENT), (["key", "mod", "--batch", "/dev/zero"], FILE)):
        got = run(*words, before=little_memory)
        equal((got[0], b"longer than" in got[2]), (expected, True))


# -- names


def test_names_that_are_no_utf8():
    write(b"n\xff", b"x")
    write("n\ufffd", b"other")
    equal(run("dgst", "-a", "sha256", b"n\xff"), (FINE, X.encode() + b"  n\xff\n", b""))
    write("list", X.encode() + b"  n\xff\n")
    equal(run("dgst", "-a", "sha256", "-c", "list"), (FINE, b"n\xff: OK\n", b""))
    equal(subprocess.run(["sha256sum", "-c", "list"], capture_output=True, env={"LC_ALL": "C"}).returncode, 0)
    equal(run("enc", "-a", "null", "--in", b"n\xff", "--out", b"o\xfe"), (FINE, b"", b""))
    with open(b"o\xfe", "rb") as file:
        equal(file.read(), b"x")
    equal(run("dgst", "-a", "sha256", b"m\xff"), (FILE, b"", b"cryptodev: 'm'$'\\377': No such file or directory\n"))
    write(b"key\xff", bytes(16))
    equal(run("enc", "-a", "aes-128-ecb", "--key", b"@key\xff", data=bytes(16))[0], FINE)


def test_a_folder_that_is_no_utf8():
    os.mkdir(b"d\xff")
    write(b"d\xff/f", b"x")
    equal(run("dgst", "-a", "sha256", "f", cwd=b"d\xff"), (FINE, f"{X}  f\n".encode(), b""))
    equal(run("enc", "-a", "null", "--in", "f", "--out", "g", cwd=b"d\xff"), (FINE, b"", b""))
    equal(sorted(os.listdir(b"d\xff")), [b"f", b"g"])


def test_a_list_with_carriage_returns():
    write("f")
    write("list", f"{X}  f\r\n".encode())
    equal(run("dgst", "-a", "sha256", "-c", "list"), (FINE, b"f: OK\n", b""))


# -- standard descriptors, options, output


def test_closed_descriptors():
    write("f")
    equal(run("dgst", "-a", "sha256", before=closing(0))[::2][0], FILE)
    equal(run("dgst", "-a", "sha256", "/dev/stdin", before=closing(0))[0], FILE)
    equal(run("dgst", "-a", "sha256", "f", before=closing(0)), (FINE, f"{X}  f\n".encode(), b""))
    got = run("dgst", "-a", "sha256", "f", before=closing(1))
    equal((got[0], b"standard output is closed" in got[2]), (FILE, True))
    for numbers in ((1,), (2,), (1, 2), (0, 1, 2)):
        equal(run("enc", "-a", "null", "--in", "f", "--out", "g", before=closing(*numbers))[0], FINE)
        equal(run("enc", "-a", "null", "--in", "missing", "--out", "h", before=closing(*numbers))[0], FILE)
        with open("g", "rb") as file:
            equal(file.read(), b"x")
        os.remove("g")
    assert not os.path.exists("h")


def test_unknown_options():
    write("f")
    alone = [["check"], ["speed"], ["serve"], ["doctor"], ["drivers"], ["abi"], ["key", "mod"], ["rng", "1"]]
    for words in (["dgst", "-a", "sha256", "f"], ["enc", "-a", "null", "--in", "f"], *alone):
        for wrong_word in (["--drvier", "software"], ["--drvier=software"], ["-y"]):
            got = run(*words, *wrong_word)
            equal((words, got[0], got[1], b"is not an option" in got[2]), (words, USAGE, b"", True))
    assert b"Did you mean '--driver'?" in run("dgst", "-a", "sha256", "--drvier", "software", "f")[2]
    write("--drvier")
    equal(run("dgst", "-a", "sha256", "--", "--drvier"), (FINE, f"{X}  --drvier\n".encode(), b""))


def test_the_owner_of_an_output_stays():
    if os.geteuid() != 0:
        return
    write("in")
    write("out", b"old")
    os.chown("out", 1234, 2345)
    os.chmod("out", 0o640)
    equal(run("enc", "-a", "null", "--in", "in", "--out", "out"), (FINE, b"", b""))
    status = os.stat("out")
    equal((status.st_uid, status.st_gid, status.st_mode & 0o7777, status.st_size), (1234, 2345, 0o640, 1))


def test_an_output_that_cannot_be_replaced():
    if os.geteuid() != 0:
        return
    write("in", b"new")
    write("behind", b"old")
    write("out", b"")
    if subprocess.run(["mount", "--bind", "behind", "out"], capture_output=True).returncode != 0:
        return
    try:
        got = run("enc", "-a", "null", "--in", "in", "--out", "out")
        equal((got[0], b"mounted" in got[2], b"redirect" in got[2]), (FILE, True, True))
        with open("out", "rb") as file:
            equal(file.read(), b"old")
    finally:
        subprocess.run(["umount", "out"], check=True)
    equal([name for name in os.listdir(".") if name.startswith(".cryptodev")], [])


def test_an_output_in_a_folder_that_cannot_be_written():
    os.mkdir("kept")
    write("in", b"new")
    write("kept/out", b"old")
    os.chmod("kept", 0o555)
    # Root is bound by the mode too where he has no capabilities.
    plainly = ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all"] if os.geteuid() == 0 else []
    words = [*plainly, COMMAND, "enc", "-a", "null", "--in", "in", "--out", "kept/out"]
    got = subprocess.run(words, capture_output=True, timeout=BOUND, preexec_fn=defaults)
    equal((got.returncode, b"folder cannot be written" in got.stderr, b"redirect" in got.stderr), (FILE, True, True))
    with open("kept/out", "rb") as file:
        equal(file.read(), b"old")
    equal(os.listdir("kept"), ["out"])


def test_messages():
    none = {**os.environ, "OPENSSL_MODULES": "/nowhere"}
    words = [COMMAND, "enc", "-a", "des-cbc", "--key", "0011223344556677", "--iv", "0011223344556677", "--driver", "software"]
    got = subprocess.run(words, input=b"", capture_output=True, timeout=BOUND, env=none, preexec_fn=defaults)
    assert b"OpenSSL looks for /nowhere/legacy.so (OPENSSL_MODULES)" in got.stderr, got.stderr
    equal(b"colons" in run("enc", "-a", "aes-128-ecb", "--key", "aa:bb:cc")[2], True)
    equal(b"/dev/stdin" in run("enc", "-a", "aes-128-ecb", "--key", "@-")[2], True)
    got = run("enc", "-d", "-a", "gzip")
    equal((got[0], b"it is empty" in got[2]), (DIFFERENT, True))
    assert b"'cryptodev key mod --help'" in run("key", "mod", "--a", "1")[2]


def test_a_long_message_from_a_pipe_takes_its_own_memory_alone():
    child = start(["enc", "-a", "aes-128-gcm", *KEY, *NONCE, "--driver", "software"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    piece = bytes(1 << 20)
    for _ in range(300):
        child.stdin.write(piece)
    until(lambda: "VmHWM" in open(f"/proc/{child.pid}/status", encoding="ascii").read(), child)
    with open(f"/proc/{child.pid}/status", encoding="ascii") as status:
        peak = int(re.search(r"VmHWM:\s+(\d+) kB", status.read())[1]) >> 10
    child.stdin.close()
    equal((end(child), peak < 300 + 200), (FINE, True))


def test_eighty_columns():
    for words in (["doctor"], ["drivers"], ["dgst", "--help"], ["abi", "--dialect", "linux"]):
        leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        child = start(words, stdin=follower, stdout=follower, stderr=follower)
        os.close(follower)
        output = b""
        while True:
            try:
                piece = os.read(leader, 65536)
            except OSError as error:
                equal(error.errno, errno.EIO)
                break
            output += piece
        os.close(leader)
        equal((words, end(child)), (words, FINE))
        plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z=>]|\x1b[=>]", "", output.decode("utf-8")).replace("\r", "")
        # Notes are sentences, which the terminal wraps.
        longest = max((line for line in plain.split("\n") if not line.startswith("- ")), key=len)
        assert len(longest) <= 80, f"{words}: {longest!r}"


def main():
    global right, wrong
    only = os.environ.get("ONLY", "")
    for name, test in list(globals().items()):
        if not name.startswith("test_") or only not in name:
            continue
        work = tempfile.mkdtemp(prefix="cryptodev-shell-")
        os.chdir(work)
        try:
            test()
            right += 1
            print(f"PASS  {name[5:]}", flush=True)
        except Exception as error:
            wrong += 1
            print(f"FAIL  {name[5:]}: {type(error).__name__}: {error}", flush=True)
        finally:
            os.chdir("/")
            shutil.rmtree(os.fsencode(work))
    print(f"{right} passed, {wrong} failed")
    return 1 if wrong else 0


sys.exit(main())
