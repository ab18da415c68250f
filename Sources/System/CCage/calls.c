// The calls of the kernel that a cage leaves: those that computing on memory that is there takes. Everything else fails
// with EPERM, so that a library that tries something harmless goes on without it.
#define _GNU_SOURCE
#include "ccage.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define CAGE_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define CAGE_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

uint32_t cage_filter_calls(void);

#ifdef CAGE_ARCHITECTURE

#define WORD(member) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))
#define ANSWER(action) BPF_STMT(BPF_RET | BPF_K, action)
#define ALLOW(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), ANSWER(SECCOMP_RET_ALLOW)

static struct sock_filter filter[] = {
    WORD(arch),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CAGE_ARCHITECTURE, 1, 0),
    ANSWER(SECCOMP_RET_KILL_PROCESS),
    WORD(nr),
    // Memory.
    ALLOW(mmap), ALLOW(munmap), ALLOW(mprotect), ALLOW(mremap), ALLOW(madvise), ALLOW(brk), ALLOW(membarrier),
    // Threads and locks.
    ALLOW(futex), ALLOW(sched_yield), ALLOW(sched_getaffinity), ALLOW(sched_setaffinity), ALLOW(set_robust_list),
    ALLOW(rseq), ALLOW(getpid), ALLOW(gettid), ALLOW(tgkill), ALLOW(exit), ALLOW(exit_group), ALLOW(getcpu),
    ALLOW(sigaltstack), ALLOW(rt_sigaction), ALLOW(rt_sigprocmask), ALLOW(rt_sigreturn), ALLOW(restart_syscall),
    // Descriptors that are open already.
    ALLOW(read), ALLOW(write), ALLOW(pread64), ALLOW(recvfrom), ALLOW(sendto), ALLOW(recvmsg), ALLOW(sendmsg),
    ALLOW(ppoll), ALLOW(fstat), ALLOW(lseek), ALLOW(close),
    // Time, chance, and what is used up.
    ALLOW(clock_gettime), ALLOW(clock_nanosleep), ALLOW(nanosleep), ALLOW(gettimeofday), ALLOW(getrandom),
    ALLOW(getrusage), ALLOW(sysinfo), ALLOW(uname),
#ifdef SYS_poll
    ALLOW(poll), ALLOW(time),
#endif
    // Threads, but no processes: clone tells by a flag, clone3 hides it, and libraries fall back to clone.
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
    ANSWER(SECCOMP_RET_ERRNO | ENOSYS),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3),
    WORD(args[0]),
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1),
    ANSWER(SECCOMP_RET_ALLOW),
    ANSWER(SECCOMP_RET_ERRNO | EPERM),
};

uint32_t cage_filter_calls(void) {
    struct sock_fprog program = {.len = sizeof filter / sizeof filter[0], .filter = filter};
    // All threads of the process, not only this one.
    long done = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
    return done == 0 ? CAGE_CALLS : 0;
}

#else

uint32_t cage_filter_calls(void) { return 0; }

#endif
