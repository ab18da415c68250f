import Foundation
import TestSupport

/// A wall clock for one server process that can be set while it runs: a small library, loaded before the C library,
/// adds the seconds that stand in a file which both processes map. All other clocks stay as they are, as they do when
/// an administrator or NTP sets the time.
final class MovedClock: Sendable {
    /// The compiler could not make the library.
    struct Failure: Error {
        let status: Int32
    }

    /// The words before the program's path.
    let launcher: [String]
    private let path: String

    private static let source = """
        #include <fcntl.h>
        #include <stdlib.h>
        #include <sys/mman.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>

        static volatile long long *offset;

        __attribute__((constructor)) static void map_offset(void) {
            const char *path = getenv("MOVED_CLOCK");
            int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
            if (file < 0) return;
            void *bytes = mmap(0, sizeof *offset, PROT_READ, MAP_SHARED, file, 0);
            if (bytes != MAP_FAILED) offset = bytes;
            close(file);
        }

        int clock_gettime(clockid_t clock, struct timespec *now) {
            int result = syscall(SYS_clock_gettime, clock, now);
            if (!result && offset && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += *offset;
            return result;
        }

        int gettimeofday(struct timeval *restrict now, void *restrict zone) {
            int result = syscall(SYS_gettimeofday, now, zone);
            if (!result && now && offset) now->tv_sec += *offset;
            return result;
        }

        time_t time(time_t *result) {
            struct timespec now;
            clock_gettime(CLOCK_REALTIME, &now);
            if (result) *result = now.tv_sec;
            return now.tv_sec;
        }

        """

    /// Builds the library in a folder; the clock is right at first.
    init(folder: String) async throws {
        let library = folder + "/moved_clock.so"
        path = folder + "/clock"
        launcher = ["/usr/bin/env", "LD_PRELOAD=\(library)", "MOVED_CLOCK=\(path)"]
        try Data(count: 8).write(to: URL(filePath: path))
        let file = folder + "/moved_clock.c"
        try Data(Self.source.utf8).write(to: URL(filePath: file))
        let compiler = try await CommandRun.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, file])
        guard compiler.status == 0 else { throw Failure(status: compiler.status) }
    }

    /// Sets the clock so many seconds off the real time.
    func set(seconds: Int64) throws {
        let handle = try FileHandle(forUpdating: URL(filePath: path))
        try handle.write(contentsOf: withUnsafeBytes(of: seconds) { Data($0) })
        try handle.close()
    }
}
