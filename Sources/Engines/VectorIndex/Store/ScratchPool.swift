import Kernels
import Synchronization

/// Scratches that wait for the next search. Taking one is a swap of a pointer: no search waits for another.
final class ScratchPool: Sendable {
    private static let places = 32
    private let waiting: [Place]

    private final class Place: Sendable {
        /// The address of a retained scratch; 0 for none.
        let address = Atomic<UInt>(0)
    }

    init() { waiting = (0..<Self.places).map { _ in Place() } }

    deinit { while pop() != nil {} }

    /// Lends a scratch to a search.
    func with<Result>(_ body: (SearchScratch) -> Result) -> Result {
        let scratch = pop() ?? SearchScratch()
        defer { push(scratch) }
        return body(scratch)
    }

    private func pop() -> SearchScratch? {
        for place in waiting where place.address.load(ordering: .relaxed) != 0 {
            let address = place.address.exchange(0, ordering: .acquiring)
            guard let pointer = UnsafeRawPointer(bitPattern: address) else { continue }
            return Unmanaged<SearchScratch>.fromOpaque(pointer).takeRetainedValue()
        }
        return nil
    }

    private func push(_ scratch: SearchScratch) {
        let retained = Unmanaged.passRetained(scratch)
        let address = UInt(bitPattern: retained.toOpaque())
        for place in waiting {
            let outcome = place.address.compareExchange(expected: 0, desired: address, ordering: .releasing)
            if outcome.exchanged { return }
        }
        retained.release()
    }
}
