#define _GNU_SOURCE
#include "ccage.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int32_t cage_memory(int64_t bytes) {
    int descriptor = memfd_create("vitrine", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (descriptor < 0) return -1;
    if (ftruncate(descriptor, bytes) == 0
        && fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
        return descriptor;
    int reason = errno;
    close(descriptor);
    errno = reason;
    return -1;
}

int32_t cage_sockets(int descriptors[2]) {
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, descriptors);
}

static int wire(posix_spawn_file_actions_t *actions, const char *folder, const int high[3]) {
    int reason = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
    for (int output = 1; reason == 0 && output < 3; output++)
        reason = posix_spawn_file_actions_addopen(actions, output, "/dev/null", O_WRONLY, 0);
    for (int place = 0; reason == 0 && place < 3; place++)
        reason = posix_spawn_file_actions_adddup2(actions, high[place], 3 + place);
    if (reason == 0) reason = posix_spawn_file_actions_addclosefrom_np(actions, 6);
    if (reason == 0) reason = posix_spawn_file_actions_addchdir_np(actions, folder);
    return reason;
}

static int start(
    const char *program, char *const arguments[], char *const environment[], const char *folder, const int high[3],
    pid_t *process) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, usual;
    int reason = posix_spawn_file_actions_init(&actions);
    if (reason != 0) return reason;
    reason = posix_spawnattr_init(&attributes);
    if (reason == 0) {
        // Signals as a new program expects them, and a group of its own: Ctrl-C is for the server.
        sigemptyset(&none);
        sigfillset(&usual);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &usual);
        posix_spawnattr_setpgroup(&attributes, 0);
        reason = posix_spawnattr_setflags(
            &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
        if (reason == 0) reason = wire(&actions, folder, high);
        if (reason == 0) reason = posix_spawn(process, program, &actions, &attributes, arguments, environment);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return reason;
}

int32_t cage_start(
    const char *program, char *const arguments[], char *const environment[], const char *folder, const int descriptors[3]) {
    // Copies far above 5, so that no move of one covers another.
    int high[3] = {-1, -1, -1};
    int reason = 0;
    for (int place = 0; place < 3 && reason == 0; place++) {
        high[place] = fcntl(descriptors[place], F_DUPFD_CLOEXEC, 16);
        if (high[place] < 0) reason = errno;
    }
    pid_t process = -1;
    if (reason == 0) reason = start(program, arguments, environment, folder, high, &process);
    for (int place = 0; place < 3; place++)
        if (high[place] >= 0) close(high[place]);
    return reason == 0 ? process : -reason;
}

int32_t cage_kill(int32_t process) {
    int status = 0;
    kill(process, SIGKILL);
    while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}
