/// Which devices may have messages stored that they have acknowledged, so that a sync without any costs no look at
/// the database.
struct DeliveredMarks: Sendable {
    /// More devices than this are never kept; a device that was forgotten is looked up once more.
    private static let maximumDevices = 100_000
    /// The oldest position of a stored message; `Int64.max` for none.
    private var oldest: [Int64: Int64] = [:]

    /// The oldest stored position as far as it is known.
    func oldest(of device: Int64) -> Int64? { oldest[device] }

    mutating func found(_ position: Int64?, for device: Int64) {
        if oldest.count >= Self.maximumDevices { oldest.removeAll() }
        oldest[device] = position ?? .max
    }

    /// A message was stored, or all that is known is out of date.
    mutating func forget(_ devices: some Sequence<Int64>) {
        for device in devices { oldest[device] = nil }
    }
}
