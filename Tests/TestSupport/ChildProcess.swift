import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A process that was started with three files and nothing else.
///
/// Foundation's `Process` looks up which descriptors to keep from the child and then starts it; a socket that another
/// test opens in between is kept open by the child for as long as it lives. Here the child closes them by itself.
final class ChildProcess: Sendable {
    private struct State {
        var status: Int32?
        var waiters: [CheckedContinuation<Int32, Never>] = []
    }

    let processID: Int32
    private let state = Mutex(State())

    /// Starts the program that a command begins with; the descriptors become its standard input, output and error.
    init(
        _ command: [String], environment: [String: String], input: Int32, output: Int32, errors: Int32
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, descriptor) in [input, output, errors].enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
        }
        try Self.closeFrom(&actions, 3)
        var child: pid_t = 0
        let texts = command.map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in texts + variables { free(text) } }
        let result = posix_spawn(&child, command[0], &actions, nil, texts, variables)
        guard result == 0 else {
            throw VitrineProcess.Failure(description: "\(command[0]): \(String(cString: strerror(result)))")
        }
        processID = child
        let thread = Thread { [self] in awaitEnd() }
        thread.stackSize = 1 << 18
        thread.start()
    }

    private typealias CloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32

    /// `posix_spawn_file_actions_addclosefrom_np` of glibc 2.34, which its headers show to GNU programs only.
    private static func closeFrom(_ actions: inout posix_spawn_file_actions_t, _ first: Int32) throws {
        guard let symbol = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") else {
            throw VitrineProcess.Failure(description: "These tests need glibc 2.34 or newer.")
        }
        _ = unsafeBitCast(symbol, to: CloseFrom.self)(&actions, first)
    }

    private func awaitEnd() {
        var raw: Int32 = 0
        while waitpid(processID, &raw, 0) < 0, errno == EINTR {}
        // wait(2): the low seven bits hold the signal, the next byte the exit status.
        let signal = raw & 0x7F
        let status = signal == 0 ? raw >> 8 & 0xFF : -signal
        let waiters = state.withLock { state in
            state.status = status
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: status) }
    }

    /// Whether the process has ended.
    var hasEnded: Bool { state.withLock { $0.status != nil } }

    /// Sends a signal, unless the process has ended.
    func signal(_ number: Int32) {
        state.withLock { state in
            if state.status == nil { Glibc.kill(processID, number) }
        }
    }

    /// Waits for the end; the exit status, or minus the number of the signal that ended it.
    func exitStatus() async -> Int32 {
        await withCheckedContinuation { caller in
            let known = state.withLock { state in
                if state.status == nil { state.waiters.append(caller) }
                return state.status
            }
            if let known { caller.resume(returning: known) }
        }
    }
}
