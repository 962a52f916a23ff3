/* A disk that fails: preloaded, it answers one kind of call below one directory with one error, as a quota or a broken disk does.
 * FAILING_BELOW: the directory; FAILING_CALL: open, write, close, rename or mkdir; FAILING_ERRNO: a number. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static int is_below(const char *path) {
  const char *below = getenv("FAILING_BELOW");
  return below != NULL && path != NULL && strncmp(path, below, strlen(below)) == 0;
}

/* A path that may be named by an open directory: /proc/self/fd/N/name. */
static int path_is_below(const char *path) {
  char real[PATH_MAX], parent[PATH_MAX];
  char *slash;
  if (path == NULL || strlen(path) >= sizeof parent) return 0;
  if (is_below(path)) return 1;
  strcpy(parent, path);
  slash = strrchr(parent, '/');
  if (slash == NULL || slash == parent) return 0;
  *slash = '\0';
  return realpath(parent, real) != NULL && is_below(real);
}

static int descriptor_is_below(int descriptor) {
  char name[64], path[PATH_MAX];
  ssize_t length;
  snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
  length = readlink(name, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = '\0';
  return is_below(path);
}

static int fails(const char *call) {
  const char *wanted = getenv("FAILING_CALL");
  if (wanted == NULL || strcmp(wanted, call) != 0) return 0;
  errno = atoi(getenv("FAILING_ERRNO"));
  return 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *bytes, size_t length) {
  if (descriptor_is_below(fd) && fails("write")) return -1;
  return REAL(write)(fd, bytes, length);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
  if (descriptor_is_below(fd) && fails("write")) return -1;
  return REAL(pwrite64)(fd, bytes, length, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
  if (descriptor_is_below(fd) && fails("write")) return -1;
  return REAL(pwrite)(fd, bytes, length, at);
}

ssize_t writev(int fd, const struct iovec *pieces, int count) {
  if (descriptor_is_below(fd) && fails("write")) return -1;
  return REAL(writev)(fd, pieces, count);
}

/* As NFS does: what was written is lost, and close says so. Only for what can be written. */
int close(int fd) {
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY || !descriptor_is_below(fd) || !fails("close"))
    return REAL(close)(fd);
  if (ftruncate(fd, 0) != 0) abort();
  REAL(close)(fd);
  errno = atoi(getenv("FAILING_ERRNO"));
  return -1;
}

/* libuv closes by the bare call. */
long syscall(long number, ...) {
  long word[6];
  va_list rest;
  va_start(rest, number);
  for (int at = 0; at < 6; at += 1) word[at] = va_arg(rest, long);
  va_end(rest);
  if (number == SYS_close) return close((int)word[0]);
  return REAL(syscall)(number, word[0], word[1], word[2], word[3], word[4], word[5]);
}

int rename(const char *from, const char *to) {
  if (path_is_below(to) && fails("rename")) return -1;
  return REAL(rename)(from, to);
}

int mkdir(const char *path, mode_t mode) {
  if (path_is_below(path) && fails("mkdir")) return -1;
  return REAL(mkdir)(path, mode);
}

int open64(const char *path, int flags, ...) {
  mode_t mode = 0;
  if (flags & O_CREAT) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
    if (path_is_below(path) && fails("open")) return -1;
  }
  return REAL(open64)(path, flags, mode);
}

int open(const char *path, int flags, ...) {
  mode_t mode = 0;
  if (flags & O_CREAT) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
  }
  return open64(path, flags, mode);
}
