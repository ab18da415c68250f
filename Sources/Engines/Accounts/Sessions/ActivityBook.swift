/// What devices did lately and is not written down yet: a row per request would cost more than it is worth.
///
/// Losing it (a crash) makes a device look idle for a few seconds longer and its position a little older, nothing else.
struct ActivityBook: Sendable {
    struct Activity: Sendable, Hashable {
        var seenMilliseconds: Int64 = 0
        var address: String?
        var agent: String?
        var position: Int64 = 0
    }

    private(set) var pending: [Int64: Activity] = [:]
    static let maximumTextLength = 255

    mutating func seen(device: Int64, at now: Int64, _ trace: ClientTrace?) {
        var activity = pending[device] ?? Activity()
        activity.seenMilliseconds = max(activity.seenMilliseconds, now)
        if let address = trace?.address { activity.address = address.firstScalars(Self.maximumTextLength) }
        if let agent = trace?.agent { activity.agent = agent.firstScalars(Self.maximumTextLength) }
        pending[device] = activity
    }

    /// A device has everything up to a position. Never goes back.
    mutating func acknowledged(device: Int64, position: Int64) {
        pending[device, default: Activity()].position = max(pending[device]?.position ?? 0, position)
    }

    func lastSeen(of device: Int64) -> Int64 { pending[device]?.seenMilliseconds ?? 0 }

    /// Forgets what was written down, unless it has changed since.
    mutating func written(_ batch: [Int64: Activity]) {
        for (device, activity) in batch where pending[device] == activity { pending[device] = nil }
    }
}
