/// An event as one reader saw it.
struct Seen: Hashable, Sendable {
    /// Its number in the room, from `unsigned["shop.vitrine"].seq`.
    let seq: Int64
    /// Its id.
    let event: String
    /// Which send it comes from, `device/transaction`; `nil` for events that no sender of the test made.
    let mark: String?
}

/// One message that a sender wanted in a room, however often it asked.
struct Sent: Sendable {
    /// `device/transaction`, which also stands in the message.
    let mark: String
    /// The room that it went to.
    let room: String
    /// The event ids of all replies that said yes; none if it was never acknowledged.
    var answers: [String]
}

/// What one reply to sync added to a device's copy of a room.
struct Batch: Sendable {
    /// Whether the reply said that there is more before its timeline.
    let isLimited: Bool
    /// What the device then fetched from `/messages` to fill the gap, oldest first.
    var filled: [Seen] = []
    /// The timeline of the reply, oldest first.
    let timeline: [Seen]
}

/// Everything that a device kept, in the order in which it came. Replies that it lost are not part of it.
struct DeviceHistory: Sendable {
    /// Who it is.
    let name: String
    /// By room.
    var rooms: [String: [Batch]]
}

/// What all clients of a run can testify.
struct History: Sendable {
    /// All sends.
    var sent: [Sent]
    /// What the server holds in the end, by room, oldest first.
    var stored: [String: [Seen]]
    /// What the devices got.
    var devices: [DeviceHistory]
}

/// What a history must not show.
enum HistoryFault: Hashable, Sendable {
    /// An acknowledged send is not in its room.
    case lost(mark: String)
    /// A send is in its room more than once.
    case storedTwice(mark: String)
    /// A retry was answered with another event.
    case answeredDifferently(mark: String)
    /// The event that was acknowledged is not the one that is stored.
    case wrongAnswer(mark: String)
    /// The server holds something that nobody sent there.
    case invented(event: String)
    /// The numbers of a room do not grow by one.
    case disorderInStore(event: String)
    /// A device got an event again after it had kept it.
    case receivedTwice(device: String, event: String)
    /// A device never got an event.
    case missed(device: String, event: String)
    /// A device got an event that the server does not hold, or holds under another number.
    case vanished(device: String, event: String)
    /// A device got an event before an older one.
    case disorder(device: String, event: String)
    /// A reply left something out before this event and did not say so.
    case gap(device: String, event: String)
}
