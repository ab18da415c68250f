import Basics
import Testing

@testable import Messaging

@Suite("Sync and page tokens")
struct TokenTests {
    private func randomNumber(_ random: inout SeededRandom) -> Int64 {
        Int64(random.next() >> UInt64.random(in: 11...63, using: &random))
    }

    private func randomToken(_ random: inout SeededRandom) -> SyncToken {
        var token = SyncToken(
            generation: UInt32(truncatingIfNeeded: random.next()), position: randomNumber(&random),
            ephemeralBoot: UInt32(truncatingIfNeeded: random.next()), ephemeralCounter: randomNumber(&random))
        for _ in 0..<Int.random(in: 0...3, using: &random) { token.positions.append(randomNumber(&random)) }
        return token
    }

    /// One random change of a text: a character replaced, dropped, doubled or swapped for a strange one.
    private func mutated(_ text: String, _ random: inout SeededRandom) -> String {
        var characters = Array(text)
        let place = Int.random(in: 0..<characters.count, using: &random)
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ é0")
        switch Int.random(in: 0..<4, using: &random) {
        case 0: characters.remove(at: place)
        case 1: characters.insert(characters[place], at: place)
        case 2: characters.removeLast(Int.random(in: 0..<characters.count, using: &random))
        default: characters[place] = alphabet.randomElement(using: &random) ?? "A"
        }
        return String(characters)
    }

    @Test("A sync token survives its text form", arguments: UInt64(1)...8)
    func roundTrip(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<250 {
            let token = randomToken(&random)
            #expect(try SyncToken(parsing: token.text) == token, "seed \(seed)")
        }
    }

    @Test("A changed sync token is refused or is exactly another token's text", arguments: UInt64(1)...8)
    func mutations(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<500 {
            let text = mutated(randomToken(&random).text, &random)
            guard let token = try? SyncToken(parsing: text) else { continue }
            #expect(token.text == text, "one place has one text, seed \(seed)")
        }
    }

    @Test("Random bytes never stop the decoders", arguments: UInt64(1)...8)
    func randomBytes(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<500 {
            let body = Base64URL.encode(random.bytes(Int.random(in: 0...40, using: &random)))
            if let token = try? SyncToken(parsing: "v1_" + body) { #expect(token.text == "v1_" + body) }
            if let token = PageToken(decoding: "t1_" + body) { #expect(token.text == "t1_" + body) }
        }
    }

    @Test(
        "Texts that this server never wrote are refused with 400 M_INVALID_PARAM",
        arguments: [
            "", "v1_", "s12_4_0", "v2_AAAA", "t1_AA", "v1_" + String(repeating: "A", count: 5_000), "v1_é",
            "v1_\u{301}AAAA",
        ])
    func foreign(text: String) {
        #expect { try SyncToken(parsing: text) } throws: { error in
            (error as? RequestError)?.status == 400 && (error as? RequestError)?.code == "M_INVALID_PARAM"
        }
    }

    @Test("Positions beyond 2^53 - 1, no position and too many positions are refused")
    func bounds() {
        func text(count: UInt64, position: UInt64) -> String {
            var writer = ByteWriter()
            writer.bigEndian(7, width: 4)
            writer.varint(count)
            for _ in 0..<count { writer.varint(position) }
            writer.bigEndian(9, width: 4)
            writer.varint(1)
            return "v1_" + Base64URL.encode(writer.bytes)
        }
        let largest = UInt64(JSON.maximumInteger)
        #expect(throws: Never.self) { try SyncToken(parsing: text(count: 1, position: largest)) }
        #expect(throws: RequestError.self) { try SyncToken(parsing: text(count: 1, position: largest + 1)) }
        #expect(throws: RequestError.self) { try SyncToken(parsing: text(count: 0, position: 1)) }
        #expect(throws: RequestError.self) { try SyncToken(parsing: text(count: 65, position: 1)) }
    }

    @Test("A page token survives its text form", arguments: [0, 1, 127, 128, 1 << 47, JSON.maximumInteger])
    func pageRoundTrip(seq: Int64) {
        #expect(PageToken(decoding: PageToken(after: seq).text) == PageToken(after: seq))
    }

    @Test("A page token never leaves the numbers of a room")
    func pageClamp() {
        #expect(PageToken(before: .min).after == 0)
        #expect(PageToken(before: 1).after == 0)
        #expect(PageToken(after: .max).after == JSON.maximumInteger)
    }

    @Test("A place in a room may be a page token, a sync token or the seq of an event the client holds")
    func places() throws {
        func after(_ text: String, backwards: Bool) throws -> Int64 {
            try HistoryPlace(parsing: text, parameter: "from")
                .boundary(backwards: backwards) { (position: Int64) in position / 10 }.after
        }
        #expect(try after(PageToken(after: 12).text, backwards: true) == 12)
        #expect(try after(SyncToken(generation: 1, position: 70).text, backwards: true) == 7)
        #expect(try after("12", backwards: true) == 11)
        #expect(try after("12", backwards: false) == 12)
        for text in ["", "-1", "+1", "1.0", "99999999999999999", "v1_x", "t1_!", "end"] {
            #expect(throws: RequestError.self) { try after(text, backwards: true) }
        }
    }
}
