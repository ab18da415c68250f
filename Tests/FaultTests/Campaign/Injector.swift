import TestSupport

/// Lets the faults of a plan happen to a server.
struct Injector: Sendable {
    let server: VitrineProcess
    let progress: Progress
    let clock: MovedClock
    let disk: SmallDisk?

    func run(_ plan: FaultPlan) async {
        do {
            for (moment, fault) in plan.faults {
                await progress.wait { $0.acknowledged >= moment }
                guard progress.counts.problem == nil else { return }
                try await strike(fault)
            }
        } catch {
            progress.fail("faults", error)
        }
        progress.update { $0.isCalm = true }
    }

    private func strike(_ fault: FaultPlan.Fault) async throws {
        switch fault {
        case .kill(let again):
            try await kill()
            if again { try await kill() }
        case .stop(let outlastsPatience): await stop(outlastsPatience)
        case .clock(let seconds): try clock.set(seconds: seconds)
        case .fullDisk(let refusals, let withKill): try await fillDisk(refusals, withKill)
        }
    }

    private func kill(meanwhile: () throws -> Void = {}) async throws {
        progress.update { $0.isUp = false }
        await server.kill()
        try meanwhile()
        try await server.restart()
        progress.update { $0.isUp = true }
    }

    private func stop(_ outlastsPatience: Bool) async {
        let earlier = progress.counts.timedOut
        server.pause()
        await progress.wait { outlastsPatience ? $0.timedOut > earlier : $0.waiting == $0.senders }
        server.resume()
    }

    private func fillDisk(_ refusals: Int, _ withKill: Bool) async throws {
        guard let disk else { return }
        let earlier = progress.counts.refused
        try disk.fill()
        await progress.wait { $0.refused >= earlier + refusals }
        if withKill { try await kill { try disk.clear() } } else { try disk.clear() }
        let acknowledged = progress.counts.acknowledged
        await progress.wait { $0.acknowledged > acknowledged }
    }
}
