#!/usr/bin/env python3
# tests/mount/probe.py
#
# File accesses that no common tool makes: random reads, memory maps, SEEK_DATA
# walks, writes in shuffled order, exact system calls, a readiness socket, and a
# web server that can resume. Each is one word of the mount suite and exits 0
# when what it looks for holds.
import errno
import http.server
import mmap
import os
import random
import re
import socket
import subprocess
import sys


def pread(path, original, seed, count):
    """Random reads of both files agree, also across and past the end."""
    rng = random.Random(int(seed))
    a, b = os.open(path, os.O_RDONLY), os.open(original, os.O_RDONLY)
    size = os.fstat(b).st_size
    for _ in range(int(count)):
        length = rng.choice((1, 511, 4096, 65536, 70001, 1 << 20))
        offset = rng.randrange(size + 4096)
        if rng.random() < 0.3:
            offset -= offset % 4096
        if os.pread(a, length, offset) != os.pread(b, length, offset):
            sys.exit(f"{path}: {length} bytes at {offset} differ")


def mapped(path, original):
    """Both files, mapped into memory, are equal."""
    with open(path, "rb") as a, open(original, "rb") as b:
        with mmap.mmap(a.fileno(), 0, prot=mmap.PROT_READ) as left:
            if left[:] != b.read():
                sys.exit(f"{path}: mapped bytes differ from {original}")


def data_extents(fd, size):
    """[(start, end)] as SEEK_DATA and SEEK_HOLE tell them."""
    extents, position = [], 0
    while position < size:
        try:
            start = os.lseek(fd, position, os.SEEK_DATA)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
            break
        end = os.lseek(fd, start, os.SEEK_HOLE)
        if not position <= start < end <= size:
            sys.exit(f"extent {start}..{end} after {position} of {size}")
        extents.append((start, end))
        position = end
    return extents


def holes(path, original, most):
    """Every byte of `original` outside the data extents of `path` is zero, and
    they cover at most `most` bytes."""
    fd = os.open(path, os.O_RDONLY)
    size = os.fstat(fd).st_size
    extents = data_extents(fd, size)
    with open(original, "rb") as source:
        position = 0
        for start, end in extents + [(size, size)]:
            source.seek(position)
            if source.read(start - position).strip(b"\0"):
                sys.exit(f"{path}: data in the hole {position}..{start}")
            position = end
    covered = sum(end - start for start, end in extents)
    if covered > int(most):
        sys.exit(f"{path}: {covered} bytes are called data, of at most {most}")


def scatter(original, path, seed):
    """Writes `original` to the new file `path` in pieces, in any order, with
    the beginning last."""
    with open(original, "rb") as source:
        content = source.read()
    offsets = list(range(50_000, len(content), 50_000))
    random.Random(int(seed)).shuffle(offsets)
    fd = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
    for offset in offsets + [0]:
        os.pwrite(fd, content[offset:offset + 50_000], offset)
    os.close(fd)


def careless(original, path, ballast):
    """Writes `original` to `path` whatever the writes answer; makes room, by
    removing the ballast, after the first that fails. The close is heeded."""
    with open(original, "rb") as source:
        content = source.read()
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    for offset in range(0, len(content), 65536):
        try:
            os.pwrite(fd, content[offset:offset + 65536], offset)
        except OSError:
            if os.path.exists(ballast):
                os.unlink(ballast)
    os.close(fd)


def sealed(path):
    """Opening for writing answers EROFS, and nothing else does."""
    os.close(os.open(path, os.O_RDONLY))
    for flags in (os.O_WRONLY, os.O_RDWR, os.O_WRONLY | os.O_TRUNC):
        try:
            os.open(path, flags)
        except OSError as error:
            if error.errno == errno.EROFS:
                continue
            sys.exit(f"{path}: {error}")
        sys.exit(f"{path} opened for writing")


def notified(word, *command):
    """The command, run with a notify socket, sends `word` while it serves."""
    path = os.path.join(os.environ["WORK"], "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(path)
        listener.settimeout(15)
        environment = dict(os.environ, NOTIFY_SOCKET=path)
        with subprocess.Popen(command, env=environment) as daemon:
            heard = ""
            try:
                while word not in heard:
                    heard += listener.recv(4096).decode() + "\n"
            finally:
                daemon.terminate()
    os.unlink(path)


class Ranges(http.server.SimpleHTTPRequestHandler):
    """Serves files, from the middle when a Range asks so."""

    def do_GET(self):
        with open(self.translate_path(self.path), "rb") as source:
            content = source.read()
        wanted = re.match(r"bytes=(\d+)-$", self.headers.get("Range", ""))
        start = int(wanted[1]) if wanted else 0
        self.send_response(206 if wanted else 200)
        if wanted:
            last = len(content) - 1
            self.send_header("Content-Range", f"bytes {start}-{last}/{last + 1}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start:])


def serve(folder, port_file):
    """Serves the folder over HTTP until killed; writes its port to a file."""
    os.chdir(folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ranges)
    with open(port_file, "w", encoding="ascii") as out:
        out.write(str(server.server_port))
    server.serve_forever()


WORDS = (pread, mapped, holes, scatter, careless, sealed, notified, serve)

if __name__ == "__main__":
    try:
        {word.__name__: word for word in WORDS}[sys.argv[1]](*sys.argv[2:])
    except OSError as failure:
        sys.exit(str(failure))
