/// A bounded first-in first-out queue between many tasks and a few threads.
///
/// The lock is held for the time of an append; nothing waits in it but the threads that the queue feeds.
final class CommandQueue<Element: Sendable>: @unchecked Sendable {
    // Everything below is guarded by `condition`.
    private let condition = Condition()
    /// Slots before `head` are empty, so that nothing taken is kept alive.
    private var waiting: [(element: Element?, bytes: Int)] = []
    private var head = 0
    private var waitingBytes = 0
    private var closed = false
    private var waiters = 0
    private let limit: Int
    private let byteLimit: Int

    enum Admission { case admitted, full, closed }

    init(limit: Int, byteLimit: Int) {
        self.limit = limit
        self.byteLimit = byteLimit
    }

    func append(_ element: Element, bytes: Int) -> Admission {
        condition.lock()
        defer { condition.unlock() }
        if closed { return .closed }
        let count = waiting.count - head
        guard count < limit, count == 0 || waitingBytes + bytes <= byteLimit else { return .full }
        waiting.append((element, bytes))
        waitingBytes += bytes
        if waiters > 0 { condition.signal() }
        return .admitted
    }

    /// Waits for something to do and takes it, at most `limit` elements of `byteLimit` bytes (but always one).
    ///
    /// Empty when `deadline` passed first; nil when the queue is closed and everything was taken.
    func take(limit: Int, byteLimit: Int, until deadline: UInt64? = nil) -> [Element]? {
        condition.lock()
        defer { condition.unlock() }
        waiters += 1
        defer { waiters -= 1 }
        while head == waiting.count {
            if closed { return nil }
            if let deadline {
                guard condition.wait(until: deadline) else { return [] }
            } else {
                condition.wait()
            }
        }
        var taken: [Element] = []
        var bytes = 0
        while head < waiting.count, taken.count < limit {
            let next = waiting[head]
            if !taken.isEmpty, bytes + next.bytes > byteLimit { break }
            if let element = next.element { taken.append(element) }
            waiting[head].element = nil
            bytes += next.bytes
            head += 1
        }
        waitingBytes -= bytes
        compact()
        return taken
    }

    func close() {
        condition.lock()
        closed = true
        condition.broadcast()
        condition.unlock()
    }

    var count: Int {
        condition.lock()
        defer { condition.unlock() }
        return waiting.count - head
    }

    private func compact() {
        if head == waiting.count {
            waiting.removeAll(keepingCapacity: waiting.capacity <= 1_024)
            head = 0
        } else if head > 1_024 {
            waiting.removeFirst(head)
            head = 0
        }
    }
}
