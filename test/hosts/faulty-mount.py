#!/usr/bin/env python3
# faulty-mount.py CONTENTS DIRECTORY, as root: shows CONTENTS at DIRECTORY through FUSE, with the faults of a CVMFS client whose
# servers are down. Says "mounted", then obeys the words on its standard input, and answers each with a line:
#   fail PATH    whoever opens the file PATH for reading, or lists the directory, gets EIO
#   hang PATH    … waits
#   last N       N more requests are answered, and those after them wait
#   well         all of that is undone, and whoever waits is answered
#   count        says how many requests there were since the last word
# At the end of its input it unmounts; whoever waits gets an error. A signal that kills ends the waiting, as with CVMFS.
import ctypes
import errno
import os
import stat
import struct
import sys
import threading

contents, directory = os.path.realpath(sys.argv[1]), sys.argv[2]
libc = ctypes.CDLL(None, use_errno=True)
device = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
options = f"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other,default_permissions".encode()
if libc.mount(b"faulty", directory.encode(), b"fuse", 0, options) != 0:
    sys.exit(os.strerror(ctypes.get_errno()))

# linux/fuse.h, version 7.23.
LOOKUP, FORGET, GETATTR, READLINK, OPEN, READ, STATFS, RELEASE = 1, 2, 3, 5, 14, 15, 17, 18
GETXATTR, LISTXATTR, FLUSH, INIT, OPENDIR, READDIR, RELEASEDIR = 22, 23, 25, 26, 27, 28, 29
ACCESS, INTERRUPT, DESTROY, BATCH_FORGET = 34, 36, 38, 42
SILENT = (FORGET, BATCH_FORGET)

lock = threading.Lock()
paths = {1: b""}
nodes = {b"": 1}
faults = {}
left = None
seen = 0
waiting = {}


def real(node):
    return os.fsencode(contents) + paths[node]


def attributes(path, node):
    s = os.lstat(path)
    times = [int(s.st_atime), int(s.st_mtime), int(s.st_ctime), 0, 0, 0]
    rest = [s.st_mode, s.st_nlink, s.st_uid, s.st_gid, s.st_rdev, 4096, 0]
    return struct.pack("=6Q10I", node, s.st_size, s.st_blocks, *times, *rest)


def node_of(path):
    if path not in nodes:
        nodes[path] = len(nodes) + 1
        paths[nodes[path]] = path
    return nodes[path]


def entries(node):
    path = real(node)
    for at, name in enumerate([b".", b".."] + sorted(os.listdir(path)), 1):
        kind = stat.S_IFMT(os.lstat(os.path.join(path, name)).st_mode) >> 12
        entry = struct.pack("=QQII", at + 1, at, len(name), kind) + name
        yield entry + b"\0" * (-len(entry) % 8)


def sized(data, size):
    if size == 0:
        return struct.pack("=II", len(data), 0)
    if size < len(data):
        raise OSError(errno.ERANGE, "")
    return data


def answer(opcode, node, body):
    if opcode == INIT:
        return struct.pack("=IIIIHHII9I", 7, 23, 0, 0, 12, 9, 4096, 1, *[0] * 9)
    if opcode == LOOKUP:
        path = paths[node] + b"/" + body[:-1]
        os.lstat(os.fsencode(contents) + path)
        found = node_of(path)
        return struct.pack("=4Q2I", found, 0, 0, 0, 0, 0) + attributes(real(found), found)
    if opcode == GETATTR:
        return struct.pack("=QII", 0, 0, 0) + attributes(real(node), node)
    if opcode == READLINK:
        return os.readlink(real(node))
    if opcode in (OPEN, OPENDIR):
        if faults.get(paths[node]) == "fail":
            raise OSError(errno.EIO, "")
        return struct.pack("=QII", node, 1, 0)  # 1: FOPEN_DIRECT_IO, nothing is remembered
    if opcode in (READ, READDIR):
        _, offset, size = struct.unpack_from("=QQI", body)
        if opcode == READ:
            with open(real(node), "rb") as file:
                file.seek(offset)
                return file.read(size)
        text = b""
        for entry in list(entries(node))[offset:]:
            if len(text) + len(entry) > size:
                break
            text += entry
        return text
    if opcode == STATFS:
        return struct.pack("=5Q4I6I", 1, 0, 0, 1, 0, 4096, 255, 4096, 0, *[0] * 6)
    if opcode == GETXATTR:
        return sized(os.getxattr(real(node), body[8:-1], follow_symlinks=False), struct.unpack_from("=I", body)[0])
    if opcode == LISTXATTR:
        names = b"".join(os.fsencode(name) + b"\0" for name in os.listxattr(real(node), follow_symlinks=False))
        return sized(names, struct.unpack_from("=I", body)[0])
    if opcode in (RELEASE, RELEASEDIR, FLUSH, ACCESS, DESTROY):
        return b""
    raise OSError(errno.ENOSYS, "")


def reply(unique, opcode, node, body):
    try:
        code, data = 0, answer(opcode, node, body)
    except OSError as thrown:
        code, data = -thrown.errno, b""
    send(unique, code, data)


def send(unique, code, data=b""):
    try:
        os.write(device, struct.pack("=IiQ", 16 + len(data), code, unique) + data)
    except OSError:
        pass  # whoever asked is gone


def must_wait(opcode, node):
    """Whether this request is one of those that wait now; counts it."""
    global left, seen
    if opcode in (INIT, RELEASE, RELEASEDIR, FLUSH, DESTROY):
        return False
    seen += 1
    if opcode in (OPEN, OPENDIR) and faults.get(paths[node]) == "hang":
        return True
    if left is None:
        return False
    left -= 1
    return left < 0


def take():
    while True:
        try:
            request = os.read(device, 1 << 20)
        except OSError:
            return
        _, opcode, unique, node = struct.unpack_from("=IIQQ", request)
        body = request[40:]
        if opcode in SILENT:
            continue
        with lock:
            if opcode == INTERRUPT:
                interrupted = struct.unpack_from("=Q", body)[0]
                if waiting.pop(interrupted, None):
                    send(interrupted, -errno.EINTR)
            elif must_wait(opcode, node):
                waiting[unique] = (opcode, node, body)
            else:
                reply(unique, opcode, node, body)


threading.Thread(target=take, daemon=True).start()
print("mounted", flush=True)
for line in sys.stdin:
    word, _, rest = line.rstrip("\n").partition(" ")
    with lock:
        said = str(seen) if word == "count" else word
        seen = 0
        if word == "last":
            left = int(rest)
        elif word == "well":
            left = None
            faults.clear()
            for unique, request in waiting.items():
                reply(unique, *request)
            waiting.clear()
        elif word != "count":
            faults[b"/" + os.fsencode(rest)] = word
    print(said, flush=True)
libc.umount2(directory.encode(), 2)
os._exit(0)
