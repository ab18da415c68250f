import Accounts
import Basics
import Synchronization

/// What a sync has come to.
package enum SyncStep: Sendable {
    /// The body of the reply.
    case reply([UInt8])
    /// Nothing to tell yet: park this, and go on with it when it has been woken.
    case wait(SyncWait)
}

/// A sync that found nothing and waits for news: all that is kept of it meanwhile.
package final class SyncWait: Sendable {
    let session: Session
    let request: SyncRequest
    private let engine: MessagingEngine
    private let seen: WakeMark
    private let deadline: Int64
    private let place: Mutex<Place>

    private struct Place {
        var waiter: WaiterID?
        var isCancelled = false
        var reason = WakeReason.over
    }

    init(
        _ engine: MessagingEngine, _ session: Session, _ request: SyncRequest, after seen: WakeMark,
        until deadline: Int64
    ) {
        self.engine = engine
        self.session = session
        self.request = request
        self.seen = seen
        self.deadline = deadline
        place = Mutex(Place())
    }

    /// The same wait after another look that found nothing.
    func again(after seen: WakeMark) -> SyncWait {
        SyncWait(engine, session, request, after: seen, until: deadline)
    }

    /// Why the wait has ended.
    var reason: WakeReason { place.withLock { $0.reason } }

    /// Calls `wake` once, when there is news, the time is up, the session has ended or the wait is cancelled.
    package func park(_ wake: @escaping @Sendable () -> Void) {
        let engine = engine
        let user = session.userNumber
        let waiter = engine.hub.park(
            user: user, device: session.deviceNumber, after: seen, deadline: deadline,
            belongs: { _, room in
                guard let number = RoomNumber(value: room) else { return false }
                return engine.committed.withLock { $0.users[user]?[number]?.membership == .join }
            },
            wake: { [weak self] reason in
                self?.place.withLock { $0.reason = reason }
                wake()
            })
        let isCancelled = place.withLock { place in
            place.waiter = waiter
            return place.isCancelled
        }
        if isCancelled { cancel() }
    }

    /// Ends the wait, parked or not yet.
    package func cancel() {
        let waiter = place.withLock { place in
            place.isCancelled = true
            return place.waiter
        }
        if let waiter { engine.hub.cancel(waiter) }
    }
}
