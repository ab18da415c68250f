#ifndef VITRINE_CCAGE_H
#define VITRINE_CCAGE_H

#include <stdint.h>

// What a process gives up before it runs a model that nobody vouches for, and the few calls of Linux around it that Swift
// cannot make by itself. Each function says what it did, so that a kernel that refuses something is told of, not guessed.

/// What a cage consists of; a bit each.
enum {
    /// Users and capabilities of its own.
    CAGE_USER = 1,
    /// A network without any interface.
    CAGE_NETWORK = 2,
    /// The current folder, which is empty, is all that there is of the file system.
    CAGE_ROOT = 4,
    /// Only the calls of the kernel that computing takes; above all none that opens anything.
    CAGE_CALLS = 8,
    /// Memory, processor time, files and processes are bounded.
    CAGE_LIMITS = 16,
    /// No program that is started could gain privileges.
    CAGE_PRIVILEGES = 32,
};

/// First half: namespaces. Taken before `main` by a process whose first argument is `model-worker` or
/// `stitch-worker`; here it says which.
uint32_t cage_enter(void);

/// Second half, once libraries are open: everything else. `processor_seconds` of 0 sets no bound. Returns what was done.
uint32_t cage_close(uint64_t memory_bytes, uint64_t processor_seconds, uint32_t taken);

/// Anonymous memory behind a descriptor that can neither shrink nor grow; -1 with errno when there is none.
int32_t cage_memory(int64_t bytes);

/// Starts a program with three descriptors as 3, 4 and 5 and nothing else: no input, no output, an empty environment but
/// for the texts given, in a folder. Returns the process id, or the negative errno.
int32_t cage_start(
    const char *program, char *const arguments[], char *const environment[], const char *folder, const int descriptors[3]);

/// Two connected sockets that programs that are started do not inherit; -1 with errno.
int32_t cage_sockets(int descriptors[2]);

/// Ends a process at once and waits until it is gone. Returns what `waitpid` says of its end.
int32_t cage_kill(int32_t process);

/// The most memory that this process ever had, in KiB.
int64_t cage_peak_memory(void);

#endif
