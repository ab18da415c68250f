/// Which devices have messages stored that they may have acknowledged, so that a sync without any costs no look at the
/// database.
struct DeliveredMarks: Sendable {
    /// More devices than this are never kept; a device that was forgotten is looked up once more.
    private static let maximumDevices = 100_000
    /// The oldest position of a stored message; `Int64.max` for none.
    private var oldest: [Int64: Int64] = [:]
    /// Counts messages that were stored: what was read before one is not remembered after it.
    private(set) var epoch: UInt64 = 0

    /// The oldest stored position as far as it is known.
    func oldest(of device: Int64) -> Int64? { oldest[device] }

    /// A reader that began at an epoch has found the oldest stored position, or none.
    mutating func found(_ position: Int64?, for device: Int64, readAt epoch: UInt64) {
        guard epoch == self.epoch else { return }
        if oldest.count >= Self.maximumDevices { oldest.removeAll() }
        oldest[device] = position ?? .max
    }

    /// Messages were stored for devices, or deleted.
    mutating func forget(_ devices: some Sequence<Int64>) {
        epoch &+= 1
        for device in devices { oldest[device] = nil }
    }
}
