import NIOCore

/// The connections of one event loop and its clock of seconds.
///
/// One walk a second over all connections costs less than a timer for each of them, in time and in memory. Used on
/// its event loop only.
final class LoopWatch {
    let limits: ConnectionLimits
    private(set) var tick = 0
    /// What calls ``advance()``.
    var clock: RepeatedTask?
    private var guards: [ObjectIdentifier: ConnectionGuard] = [:]

    init(limits: ConnectionLimits) { self.limits = limits }

    func add(_ connection: ConnectionGuard) { guards[ObjectIdentifier(connection)] = connection }

    func remove(_ connection: ConnectionGuard) { guards[ObjectIdentifier(connection)] = nil }

    /// One second has passed.
    func advance() {
        tick += 1
        for connection in Array(guards.values) { connection.tick() }
    }

    /// The time for a graceful end is over.
    func closeAll() {
        for connection in Array(guards.values) { connection.closeNow() }
    }
}
