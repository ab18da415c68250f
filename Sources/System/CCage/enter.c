#define _GNU_SOURCE
#include "ccage.h"

#include <grp.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

uint32_t cage_filter_calls(void);

static uint32_t take_namespaces(void) {
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0) return CAGE_USER | CAGE_NETWORK;
    if (unshare(CLONE_NEWUSER) == 0) return CAGE_USER;
    // The superuser needs no namespace of users for one of the network.
    return unshare(CLONE_NEWNET) == 0 ? CAGE_NETWORK : 0;
}

static uint32_t entered;

// A namespace of users can be taken only before the first thread is made, and Swift's runtime makes threads before `main`
// has looked at its arguments. glibc hands the arguments to constructors.
__attribute__((constructor)) static void enter_early(int count, char **arguments) {
    if (count > 1 && (strcmp(arguments[1], "model-worker") == 0 || strcmp(arguments[1], "stitch-worker") == 0))
        entered = take_namespaces();
}

uint32_t cage_enter(void) { return entered; }

static int bound(int what, rlim_t most) {
    struct rlimit limit = {.rlim_cur = most, .rlim_max = most};
    return setrlimit(what, &limit) == 0;
}

uint32_t cage_close(uint64_t memory_bytes, uint64_t processor_seconds, uint32_t taken) {
    uint32_t done = taken;
    if (chroot(".") == 0 && chdir("/") == 0) done |= CAGE_ROOT;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) done |= CAGE_PRIVILEGES;
    // A worker of the superuser outside of a namespace stops being one.
    if (geteuid() == 0 && setgroups(0, NULL) == 0 && setresgid(65534, 65534, 65534) == 0) {
        if (setresuid(65534, 65534, 65534) != 0) done &= ~(uint32_t)CAGE_PRIVILEGES;
    }
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    int bounded = bound(RLIMIT_AS, memory_bytes) & bound(RLIMIT_NOFILE, 32) & bound(RLIMIT_FSIZE, 0);
    bounded &= bound(RLIMIT_CORE, 0);
    if (processor_seconds > 0) bounded &= bound(RLIMIT_CPU, processor_seconds);
    // Outside of a namespace of users the bound would count what the same user runs elsewhere.
    if (taken & CAGE_USER) bounded &= bound(RLIMIT_NPROC, 8);
    if (bounded) done |= CAGE_LIMITS;
    return done | cage_filter_calls();
}

int64_t cage_peak_memory(void) {
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss : 0;
}
