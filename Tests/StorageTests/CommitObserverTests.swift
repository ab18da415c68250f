import Storage
import Synchronization
import Testing

@Suite("Whoever hears of commits")
struct CommitObserverTests {
    @Test("is called from the same depth of the stack after a thousand commits as at the first")
    func depth() async throws {
        let scratch = try Scratch()
        let database = try scratch.open()
        let places = Mutex<[UInt]>([])
        database.observeCommits { _ in
            var here = 0
            let place = withUnsafePointer(to: &here) { UInt(bitPattern: $0) }
            places.withLock { $0.append(place) }
        }
        for number in 0..<1_000 { try await database.write { try $0.addNote("n\(number)") } }
        let seen = places.withLock { $0 }
        #expect(seen.count == 1_000)
        #expect(Set(seen).count == 1)
        await database.close()
    }
}
