import Imaging
import Kernels
import Testing
import VisualSearch

@Suite("Duplicate decision")
struct DuplicateDecisionTests {
    private func known(_ photo: Image, seller: String = "", name: UInt8 = 1) throws -> KnownPicture {
        KnownPicture(
            fileDigest: [name], pixelDigest: [name, name], fingerprint: try PictureFingerprint(of: photo),
            seller: seller)
    }

    private func verdict(_ photo: Image, on other: Image, sellers: (String, String) = ("", "")) throws
        -> DuplicateVerdict
    {
        DuplicateRules().verdict(
            on: try known(photo, seller: sellers.0, name: 2), views: try PictureFingerprint.views(of: photo),
            against: try known(other, seller: sellers.1))
    }

    private func isAlias(_ verdict: DuplicateVerdict) -> Bool {
        if case .alias = verdict { return true }
        return false
    }

    @Test("SCAN-045 edited copies are aliases, other photographs are not", arguments: 1...6 as ClosedRange<UInt64>)
    func copies(seed: UInt64) throws {
        let photo = try Photos.photo(seed: seed)
        for (name, copy) in try Photos.edits(of: photo) {
            #expect(isAlias(try verdict(copy, on: photo)), "\(name)")
        }
        #expect(try verdict(try Photos.photo(seed: seed + 100), on: photo) == .distinct)
    }

    @Test("SCAN-046 mirrored and turned copies are aliases, and the evidence says how", arguments: Orientation.allCases)
    func turned(orientation: Orientation) throws {
        let photo = try Photos.photo(seed: 9)
        guard case .alias(let evidence) = try verdict(photo.turned(by: orientation), on: photo) else {
            Issue.record("no alias")
            return
        }
        #expect(evidence.kind == .both && evidence.near == 0 && evidence.correlation > 0.999)
        // What was turned has to be turned back.
        let back: [Orientation: Orientation] = [.clockwise: .counterClockwise, .counterClockwise: .clockwise]
        #expect(evidence.view == back[orientation] ?? orientation)
    }

    @Test("SCAN-045 a near hash alone decides nothing, one check asks a person")
    func checks() throws {
        let print = try PictureFingerprint(of: Photos.photo(seed: 3))
        let other = try PictureFingerprint(of: Photos.photo(seed: 4))
        func decide(_ far: Hash256Bits, _ signature: PictureSignature) -> DuplicateVerdict {
            let changed = PictureFingerprint(
                difference64: print.difference64 ^ 0b1011, difference256: far.flipped(print.difference256),
                signature: signature)
            let picture = KnownPicture(fileDigest: [1], pixelDigest: [1], fingerprint: changed)
            let known = KnownPicture(fileDigest: [2], pixelDigest: [2], fingerprint: print)
            let views = [PictureFingerprint](repeating: changed, count: 8)
            return DuplicateRules().verdict(on: picture, views: views, against: known)
        }
        guard case .alias(let both) = decide(.init(24), print.signature) else {
            Issue.record("both checks agree")
            return
        }
        #expect(both.kind == .both && both.near == 3 && both.far == 24)
        for verdict in [decide(.init(25), print.signature), decide(.init(24), other.signature)] {
            guard case .review(let one) = verdict else {
                Issue.record("one check agrees: \(verdict)")
                continue
            }
            #expect(one.kind == .one)
        }
        #expect(decide(.init(25), other.signature) == .distinct)
    }

    @Test("pictures of two sellers are never put away, however equal")
    func sellers() throws {
        let photo = try Photos.photo(seed: 5)
        guard case .sharedBySellers(let evidence) = try verdict(photo, on: photo, sellers: ("anna", "ben")) else {
            Issue.record("not a hint")
            return
        }
        #expect(evidence.kind == .both)
        #expect(isAlias(try verdict(photo, on: photo, sellers: ("anna", "anna"))))
    }

    @Test("two pictures of nothing are not copies of each other, unless their pixels are equal")
    func blank() throws {
        let white = try Image(width: 50, height: 40, format: .rgb8, filledWith: .white)
        let grey = try Image(width: 70, height: 70, format: .rgb8, filledWith: Pixel(red: 99, green: 99, blue: 99))
        #expect(try verdict(white, on: grey) == .distinct)
        #expect(
            isAlias(
                try DuplicateRules().verdict(
                    on: known(white), views: PictureFingerprint.views(of: white), against: known(white))))
    }
}
