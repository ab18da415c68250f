import Foundation
import Imaging
import Testing

@testable import Learning

@Suite struct SplitTests {
    private func dataset(_ groups: [String?], _ splits: [Split?]) throws -> Dataset {
        Dataset(
            samples: try zip(groups, splits).enumerated().map { number, parts in
                Sample(
                    id: "p\(number)", image: .bytes(try Pictures.jpeg(number * 5)), group: parts.0, split: parts.1)
            })
    }

    @Test("LEARN-133 a group on both sides stops the run, with the list")
    func groups() throws {
        var data = try dataset(["a", "b", "a"], [.train, .train, .test])
        var check = LeakCheck()
        let error = #expect(throws: DataError.self) { try check.check(&data, near: false) }
        let leak = DataLeak(kind: .group, key: "a", samples: ["p0", "p2"], splits: [.train, .test])
        #expect(error == .leak([leak]))
        #expect(data.report.leaks == [leak])
        #expect(check.digests.count == 3)
    }

    @Test("LEARN-133 the same file on both sides stops the run, whatever its name")
    func files() throws {
        var data = try dataset(["a", "b", "c"], [.train, .validation, .test])
        data.samples[2].image = data.samples[0].image
        var check = LeakCheck()
        let error = #expect(throws: DataError.self) { try check.check(&data) }
        guard case .leak(let leaks) = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(leaks.map(\.kind) == [.file] && leaks[0].samples == ["p0", "p2"])
    }

    @Test("Pictures that look almost the same on both sides are a warning")
    func near() throws {
        var data = try dataset(["a", "b"], [.train, .test])
        let again = try Pictures.picture(0).encoded(as: .jpeg(quality: 70))
        data.samples[1].image = .bytes(again)
        var check = LeakCheck()
        try check.check(&data)
        #expect(data.report.nearDuplicates.map(\.samples) == [["p0", "p1"]])
        #expect(data.report.warnings.count == 1)
        data.samples[1].split = .train
        try check.check(&data)
        #expect(data.report.nearDuplicates.isEmpty)
    }

    @Test("Splits by hash keep groups together, follow the seed, and have the wanted shares")
    func hashes() throws {
        let samples = (0..<3000).map { number in
            Sample(id: "\(number)", image: .bytes([]), group: "g\(number / 3)")
        }
        var data = Dataset(samples: samples)
        Splits.assign(&data, seed: 1, validation: 10, test: 20)
        for start in stride(from: 0, to: 3000, by: 3) {
            #expect(Set(data.samples[start..<start + 3].map(\.split)).count == 1)
        }
        #expect(abs(data.samples(of: .test).count - 600) < 120)
        #expect(abs(data.samples(of: .validation).count - 300) < 100)
        var other = Dataset(samples: samples)
        Splits.assign(&other, seed: 2, validation: 10, test: 20)
        #expect(other.samples.map(\.split) != data.samples.map(\.split))
    }

    @Test("A table sets splits; an unknown id is an error with its line")
    func tables() throws {
        let folder = try TemporaryFolder()
        var data = try dataset([nil, nil], [nil, nil])
        try Splits.assign(&data, from: try folder.write("good.csv", "id,split\np1,val\np0,train\n"))
        #expect(data.samples.map(\.split) == [.train, .validation])
        let bad = try folder.write("bad.tsv", "id\tsplit\np0\ttrain\np7\ttest\n")
        let error = #expect(throws: DataError.self) { try Splits.assign(&data, from: bad) }
        #expect(error?.description.contains("line 3") == true)
    }

    @Test("Digests are those of FIPS 180-4")
    func digests() throws {
        #expect(
            FileDigest(of: Array("abc".utf8)).description
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            FileDigest(of: []).description == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        let long = [UInt8](repeating: 0x61, count: 1_000)
        let folder = try TemporaryFolder()
        let digest = try FileDigest(of: folder.write("long", long))
        #expect(digest == FileDigest(of: long))
        #expect(
            FileDigest(of: long).description == "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3")
    }
}
