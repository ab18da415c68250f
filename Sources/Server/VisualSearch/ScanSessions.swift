import Synchronization
import VisualSearch

/// The scans that were asked lately, with their decoded pictures: another part is answered without decoding again.
final class ScanSessions: Sendable {
    private struct Pages {
        var sessions: [String: ScanSession] = [:]
        /// The least recently used first.
        var order: [String] = []
    }

    private let pages = Mutex(Pages())
    private let limit: Int

    /// Keeps that many; each holds a few megabytes.
    init(limit: Int = 16) { self.limit = max(1, limit) }

    subscript(id: String) -> ScanSession? {
        pages.withLock { pages in
            guard let session = pages.sessions[id] else { return nil }
            pages.order.removeAll { $0 == id }
            pages.order.append(id)
            return session
        }
    }

    func keep(_ session: ScanSession, as id: String) {
        pages.withLock { pages in
            pages.order.removeAll { $0 == id }
            pages.order.append(id)
            pages.sessions[id] = session
            while pages.order.count > limit { pages.sessions[pages.order.removeFirst()] = nil }
        }
    }

    func forget(_ id: String) {
        pages.withLock { pages in
            pages.sessions[id] = nil
            pages.order.removeAll { $0 == id }
        }
    }
}
