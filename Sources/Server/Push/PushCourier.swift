import Basics
import HTTPTypes
import Logging
import Messaging
import ServiceLifecycle
import Synchronization

/// Follows the events for pushers and brings their notices to push gateways, each pusher's in order.
///
/// Nothing of a notice but its outcome is logged.
final class PushCourier: Service {
    private let feed: NotificationFeed
    private let queue: NoticeQueue
    private let http: OutgoingHTTP
    private let rule: DestinationRule
    private let commits: Bell
    private let meters: DeliveryMeters
    private let logger: Logger
    private let notices = Bell()
    private let pacer = Bell()
    private let pace = Mutex(PushPace())

    private static let pauseAfterFault: Int64 = 5_000
    /// So much later than the message a notice may be worked out.
    private static let gatheringMilliseconds: Int64 = 20

    init(
        feed: NotificationFeed, queue: NoticeQueue, http: OutgoingHTTP, rule: DestinationRule, commits: Bell,
        meters: DeliveryMeters, logger: Logger
    ) {
        self.feed = feed
        self.queue = queue
        self.http = http
        self.rule = rule
        self.commits = commits
        self.meters = meters
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            await withDiscardingTaskGroup { group in
                group.addTask { await self.follow() }
                await self.send(in: &group)
                group.cancelAll()
            }
        }
    }

    /// Reads the log after each commit.
    private func follow() async {
        while !Task.isCancelled {
            do {
                let step = try await feed.step()
                if step.queued { notices.ring() }
                if step.more { continue }
                await commits.wait()
                // Nobody rings this one: commits of a busy moment are looked at together.
                await pacer.wait(milliseconds: Self.gatheringMilliseconds)
            } catch {
                guard !Task.isCancelled else { return }
                logger.warning("notices cannot be worked out for now", metadata: ["error": "\(error)"])
                await commits.wait(milliseconds: Self.pauseAfterFault)
            }
        }
    }

    /// Starts a sender for each pusher that has something and may be tried now.
    private func send(in group: inout DiscardingTaskGroup) async {
        while !Task.isCancelled {
            do {
                let waiting = try await queue.targets()
                let (ready, next) = pace.withLock { $0.take(from: waiting, now: monotonicMilliseconds()) }
                for target in ready { group.addTask { await self.serve(target) } }
                await notices.wait(milliseconds: next.map { max(1, $0 - monotonicMilliseconds()) })
            } catch {
                guard !Task.isCancelled else { return }
                logger.warning("notices cannot be read for now", metadata: ["error": "\(error)"])
                await notices.wait(milliseconds: Self.pauseAfterFault)
            }
        }
    }

    /// Sends what waits for one pusher until nothing is left or the gateway does not take it.
    private func serve(_ target: PushTarget) async {
        var isTaken = true
        do {
            while isTaken, !Task.isCancelled, let notice = try await queue.next(for: target) {
                isTaken = try await deliver(notice, to: target)
            }
        } catch {
            isTaken = false
            logger.warning("a notice cannot be dealt with for now", metadata: ["error": "\(error)"])
        }
        pace.withLock { $0.ended(target, isTaken: isTaken, now: monotonicMilliseconds()) }
        notices.ring()
    }

    private func deliver(_ notice: Notice, to target: PushTarget) async throws -> Bool {
        let outcome: String
        switch await answer(to: notice) {
        case .success(let reply) where (200..<300).contains(reply.status):
            meters.pushes.add()
            return try await settle(notice, target, reply)
        case .success(let reply): outcome = "status \(reply.status)"
        case .failure(let error): outcome = "\(error)"
        }
        meters.failedPushes.add()
        logger.info("a push gateway did not take a notice", metadata: ["outcome": "\(outcome)"])
        return false
    }

    private func answer(to notice: Notice) async -> Result<OutgoingReply, OutgoingError> {
        do throws(OutgoingError) {
            return .success(try await http.send(OutgoingRequest(.post, notice.url, body: notice.body), to: rule))
        } catch {
            return .failure(error)
        }
    }

    private func settle(_ notice: Notice, _ target: PushTarget, _ reply: OutgoingReply) async throws -> Bool {
        let rejected = (try? JSON(parsing: reply.body))?["rejected"]?.arrayValue ?? []
        if rejected.contains(.string(target.key)) {
            meters.rejectedPushers.add()
            try await queue.reject(target)
        } else {
            try await queue.remove(notice.number)
        }
        return true
    }
}

/// Which pushers are being served, and when those may be tried again whose gateway failed.
struct PushPace {
    private struct Wait {
        var failures = 0
        var until: Int64 = 0
        var isBusy = false
    }
    private static let concurrentSends = 16
    private var waits: [PushTarget: Wait] = [:]

    /// The pushers to serve now, and when to look again.
    mutating func take(from waiting: [PushTarget], now: Int64) -> (ready: [PushTarget], next: Int64?) {
        let present = Set(waiting)
        waits = waits.filter { $0.value.isBusy || present.contains($0.key) }
        let room = Self.concurrentSends - waits.count { $0.value.isBusy }
        let idle = waiting.filter { waits[$0]?.isBusy != true }
        let ready = Array(idle.filter { waits[$0]?.until ?? 0 <= now }.prefix(max(0, room)))
        for target in ready { waits[target, default: Wait()].isBusy = true }
        let next = waits.values.filter { !$0.isBusy && $0.until > now }.map(\.until).min()
        return (ready, next)
    }

    /// A pusher was served until nothing was left, or until its gateway failed.
    mutating func ended(_ target: PushTarget, isTaken: Bool, now: Int64) {
        var wait = waits[target] ?? Wait()
        wait.isBusy = false
        wait.failures = isTaken ? 0 : wait.failures + 1
        wait.until = isTaken ? 0 : now + ServiceTransactions.delay(afterFailures: wait.failures)
        waits[target] = wait
    }
}

extension VitrineServer {
    /// What brings notices to phones.
    func pushCourier() -> PushCourier {
        let commits = Bell()
        core.messaging.follow(commits)
        return PushCourier(
            feed: NotificationFeed(engine: core.messaging, userData: core.userData),
            queue: NoticeQueue(engine: core.messaging, userData: core.userData), http: outgoing,
            rule: .guarded(except: configuration.pushNetworks), commits: commits, meters: deliveries, logger: logger)
    }
}
