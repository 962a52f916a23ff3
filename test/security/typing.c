/* Types argv[1] into the controlling terminal, by each way into the kernel; says what became of it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static char one;

static int usual(int fd) { return ioctl(fd, TIOCSTI, &one); }
/* The kernel looks at 32 bits of the request. */
static int wide(int fd) { return (int) syscall(SYS_ioctl, fd, (1UL << 32) | TIOCSTI, &one); }
#ifdef __x86_64__
static int x32(int fd) { return (int) syscall(0x40000000 + 514, fd, TIOCSTI, &one); }
static int i386(int fd) {
  int result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(54), "b"(fd), "c"(TIOCSTI), "d"((unsigned) (unsigned long) &one) : "memory", "r8", "r9", "r10", "r11");
  if (result >= 0) return result;
  errno = -result;
  return -1;
}
#endif

int main(int count, char **words) {
  int (*const ways[])(int) = { usual, wide,
#ifdef __x86_64__
    x32, i386,
#endif
  };
  int fd = open("/dev/tty", O_RDWR), way, ways_count = sizeof ways / sizeof *ways;
  if (fd < 0 || count < 2) { puts("no terminal"); return 2; }
  for (way = 0; way < ways_count; way++) {
    const char *at = words[1];
    for (one = *at; one && ways[way](fd) == 0; one = *++at);
    if (!one) { puts("typed"); return 0; }
  }
  puts("refused");
  return 1;
}
