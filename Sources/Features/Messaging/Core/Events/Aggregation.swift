package import Basics

/// The children of an event that travel with it, under `unsigned.m.relations`.
///
/// Edits, threads and references are bundled; annotations are not: as the spec has it, clients count reactions.
package struct BundledRelations: Sendable, Hashable {
    /// The newest valid edit as JSON of the whole event.
    package var replacement: [UInt8]?
    package var thread: ThreadSummary?
    /// Ids of the events that refer to this one, in order.
    package var references: [String] = []

    package init() {}

    package var isEmpty: Bool { replacement == nil && thread == nil && references.isEmpty }

    /// Writes the object that stands under `m.relations`.
    package func write(into writer: inout JSONWriter) {
        writer.object { writer in
            if let replacement {
                writer.key(RelationType.replace)
                writer.raw(replacement)
            }
            if let thread {
                writer.key(RelationType.thread)
                thread.write(into: &writer)
            }
            if !references.isEmpty {
                writer.key(RelationType.reference)
                writeReferences(into: &writer)
            }
        }
    }

    private func writeReferences(into writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("chunk")
            writer.array { writer in
                for reference in references {
                    writer.object { writer in
                        writer.key("event_id")
                        writer.string(reference)
                    }
                }
            }
        }
    }
}

/// A thread as its root shows it.
package struct ThreadSummary: Sendable, Hashable {
    /// The newest event of the thread as JSON of the whole event.
    package var latestEvent: [UInt8]
    package var count: Int
    /// Whether the reader wrote the root or in the thread.
    package var currentUserParticipated: Bool

    package init(latestEvent: [UInt8], count: Int, currentUserParticipated: Bool) {
        self.latestEvent = latestEvent
        self.count = count
        self.currentUserParticipated = currentUserParticipated
    }

    func write(into writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("latest_event")
            writer.raw(latestEvent)
            writer.key("count")
            writer.int(count)
            writer.key("current_user_participated")
            writer.bool(currentUserParticipated)
        }
    }
}

/// Counts the children of a thread for one reader.
package struct ThreadTally: Sendable, Hashable {
    private let reader: Int64
    private let ignored: Set<Int64>
    /// Children by senders the reader does not ignore.
    package private(set) var count = 0
    /// Seq of the newest of them.
    package private(set) var latestSeq: Int64?
    package private(set) var participated: Bool

    package init(reader: Int64, rootSender: Int64, ignoring ignored: Set<Int64> = []) {
        self.reader = reader
        self.ignored = ignored
        participated = rootSender == reader
    }

    /// Adds a child that the reader may see and that is not redacted, in any order.
    package mutating func add(seq: Int64, sender: Int64) {
        if sender == reader { participated = true }
        guard !ignored.contains(sender) else { return }
        count += 1
        latestSeq = max(latestSeq ?? seq, seq)
    }
}

/// An edit that could be the newest of an event.
package struct EditCandidate: Sendable, Hashable {
    package let seq: Int64
    package let timestamp: Int64
    package let eventID: String

    package init(seq: Int64, timestamp: Int64, eventID: String) {
        self.seq = seq
        self.timestamp = timestamp
        self.eventID = eventID
    }

    /// The newest by time of origin, of equal ones that with the greatest id, as the spec orders edits.
    package static func newest(_ candidates: some Sequence<EditCandidate>) -> EditCandidate? {
        candidates.max { left, right in
            guard left.timestamp == right.timestamp else { return left.timestamp < right.timestamp }
            return left.eventID.utf8.lexicographicallyPrecedes(right.eventID.utf8)
        }
    }
}
