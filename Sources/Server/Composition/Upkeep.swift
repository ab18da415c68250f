import Accounts
import Basics
import Logging
import Messaging
import ServiceLifecycle
import Storage

/// What has to be done again and again while the server runs.
struct Upkeep: Service {
    struct Chore: Sendable {
        let name: String
        let every: Duration
        let work: @Sendable () async throws -> Void
    }

    let chores: [Chore]
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for chore in chores { group.addTask { await repeated(chore) } }
            }
        }
    }

    private func repeated(_ chore: Chore) async {
        while (try? await Task.sleep(for: chore.every)) != nil {
            do {
                try await chore.work()
            } catch {
                logger.warning("a chore failed", metadata: ["chore": "\(chore.name)", "error": "\(error)"])
            }
        }
    }
}

extension VitrineServer {
    /// The chores of the features.
    var upkeep: Upkeep {
        let accounts = core.accounts
        let blobs = core.blobs
        let media = core.media
        let clock = core.clock
        return Upkeep(
            chores: [
                .init(name: "activity", every: .seconds(10)) { try await accounts.flushActivity() },
                .init(name: "idle sessions", every: .seconds(600)) { _ = try await accounts.endIdleSessions() },
                .init(name: "unused media", every: .seconds(3_600)) { _ = try await media.sweep(now: clock.now()) },
                .init(name: "unreferenced blobs", every: .seconds(3_600)) {
                    // A day's grace: an upload may wait that long for the message that refers to it.
                    _ = try await blobs.collectGarbage(graceMilliseconds: 86_400_000)
                },
            ] + messagingChores + visualSearchChores + panoramaChores + deskChores + statisticsChores, logger: logger)
    }
}
