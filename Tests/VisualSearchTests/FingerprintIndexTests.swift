import Imaging
import Kernels
import Testing
import VisualSearch

@Suite("Search for near hashes")
struct FingerprintIndexTests {
    @Test("SCAN-044, SCAN-046 a picture is found among others as soon as it is added, however it is turned")
    func found() throws {
        var index = FingerprintIndex()
        for seed in UInt64(20)..<40 { index.add(try PictureFingerprint(of: Photos.photo(seed: seed)).difference64) }
        let photo = try Photos.photo(seed: 50)
        let views = try PictureFingerprint.views(of: photo.turned(by: .transposed))
        #expect(index.candidates(for: views).isEmpty)
        let place = index.add(try PictureFingerprint(of: photo).difference64)
        #expect(place == 20 && index.count == 21)
        let candidates = index.candidates(for: views)
        #expect(candidates.first?.place == 20 && candidates.first?.distance == 0)
        #expect(candidates.first?.view == .transposed)
    }

    @Test("all pairs of a collection are the candidates of each picture, and the search can be stopped")
    func pairs() throws {
        let views = try (0..<12).map { number in
            try PictureFingerprint.views(
                of: Photos.photo(seed: UInt64(number / 3), width: 96, height: 72).turned(
                    by: Orientation.allCases[number % 3 * 2])
            ).map(\.difference64)
        }
        let pairs = FingerprintIndex.pairs(views: views) { _ in true }
        let expected = (0..<12).flatMap { later in
            (0..<later).filter { $0 / 3 == later / 3 }.map { HashPair(query: later, index: $0) }
        }
        #expect(Set(pairs.map { HashPair(query: $0.picture, index: $0.known) }).isSuperset(of: expected))
        #expect(FingerprintIndex.pairs(views: views) { _ in false }.count <= pairs.count)
    }
}
