import Basics
import Messaging
import Testing

@Suite struct IdentifierTests {
    @Test("MSG-73 an event id holds its own address, and no other text is taken for one")
    func eventAddress() {
        var random = SeededRandom(seed: 7)
        for _ in 0..<2_000 {
            let room = RoomNumber(using: &random)
            let seq = Int64.random(in: 1..<EventAddress.seqLimit, using: &random)
            let address = EventAddress(room: room, seq: seq)
            #expect(address.text.utf8.count == 21)
            #expect(EventAddress(address.text) == address)
            // Whatever else is read as an address is the address that its text says.
            var bytes = Array(address.text.utf8)
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 33...126, using: &random)
            let changed = String(decoding: bytes, as: UTF8.self)
            if let read = EventAddress(changed) { #expect(read.text == changed) }
        }
        for text in [
            "", "$", "$AQ", "x", "$" + String(repeating: "A", count: 20), "$" + String(repeating: "_", count: 20),
        ] {
            #expect(EventAddress(text) == nil, "\(text)")
        }
    }

    @Test("MSG-11 a room number is no JSON number, and a number that a double would round is refused")
    func numbersInJSON() throws {
        var random = SeededRandom(seed: 8)
        var collisions = 0
        for _ in 0..<1_000 {
            let room = RoomNumber(using: &random)
            collisions += Double(room.value) == Double(room.value + 1) ? 1 : 0
            #expect(throws: JSONError.self) { try JSON(parsing: "{\"room\":\(room.value | 1 << 60)}") }
            let text = RoomIdentifier.text(room, server: "shop.test")
            #expect(RoomIdentifier.number(text, server: "shop.test") == room)
            #expect(RoomIdentifier.number(text, server: "other.test") == nil)
        }
        #expect(collisions > 900, "the trap is there: neighbours share a double")
    }

    @Test("MSG-12 MSG-13 MSG-17 room numbers fill 4, 128 and 1,024 buckets evenly", arguments: [4, 128, 1_024])
    func buckets(count: Int) {
        var random = SeededRandom(seed: 9)
        let draws = 200_000
        #expect(RoomNumber(value: 5 << 10 | 77)?.bucket == 77)
        var hits = [Int](repeating: 0, count: count)
        for _ in 0..<draws {
            let room = RoomNumber(using: &random)
            hits[room.bucket % count] += 1
        }
        let expected = Double(draws) / Double(count)
        let chiSquare = hits.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
        // Wilson and Hilferty's approximation of the 99 % quantile of chi-square with count - 1 degrees of freedom.
        let freedom = Double(count - 1)
        let root = 1 - 2 / (9 * freedom) + 2.326 * (2 / (9 * freedom)).squareRoot()
        #expect(chiSquare < freedom * root * root * root)
    }
}
