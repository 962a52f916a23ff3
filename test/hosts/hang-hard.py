#!/usr/bin/env python3
# hang-hard.py DIRECTORY, as root: mounts a file system on it that takes every request and never answers. Whoever looks waits
# beyond SIGKILL (state D), as with a client whose network has gone. Says "mounted"; at the end of its standard input, and
# after 150 s, it unmounts, and everybody who waits gets an error.
import ctypes
import os
import struct
import sys
import threading

directory = sys.argv[1]
libc = ctypes.CDLL(None, use_errno=True)
device = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
options = f"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other".encode()
if libc.mount(b"hang-hard", directory.encode(), b"fuse", 0, options) != 0:
    sys.exit(os.strerror(ctypes.get_errno()))

# linux/fuse.h: fuse_in_header begins with length, opcode and a number; FUSE_INIT is answered with the version 7.23.
request = os.read(device, 1 << 20)
_, _, unique = struct.unpack_from("=IIQ", request)
answer = struct.pack("=IIIIHHII9I", 7, 23, 0, 0, 12, 9, 4096, 1, *[0] * 9)
os.write(device, struct.pack("=IiQ", 16 + len(answer), 0, unique) + answer)


def take():
    try:
        while os.read(device, 1 << 20):
            pass
    except OSError:
        pass


def end():
    libc.umount2(directory.encode(), 2)
    os._exit(0)


threading.Thread(target=take, daemon=True).start()
# Where the test's own process looks here by mistake, nobody could end it: the mount does not outlive a test's longest limit.
watch = threading.Timer(150, end)
watch.daemon = True
watch.start()
print("mounted", flush=True)
sys.stdin.read()
end()
