import Foundation
import TestSupport
import Testing

@testable import Learning

@Suite struct ShardTests {
    @Test("LEARN-034 a shard gives back what was packed, and tar reads it")
    func roundTrip() async throws {
        let folder = try TemporaryFolder()
        var dataset = try Pictures.dataset(5)
        dataset.samples[1].labels = [:]
        for index in dataset.samples.indices {
            dataset.samples[index].group = "g\(index)"
            dataset.samples[index].split = .train
            dataset.samples[index].text = "kind \"\(index)\""
        }
        let file = folder.url.appending(path: "a.tar")
        try ShardWriter.write(dataset, to: file)
        let read = try ShardReader(source: "made", file: file).read()
        #expect(read.classNames == dataset.classNames && read.count == 5)
        for (left, right) in Swift.zip(read.samples, dataset.samples) {
            #expect(try left.image.read() == right.image.read())
            var same = left
            same.image = right.image
            #expect(same == right)
        }
        let tar = try await CommandRun.run(["tar", "tf", file.path])
        let names = tar.output
        #expect(tar.status == 0)
        #expect(names.split(separator: "\n").count == 6 && names.contains("00000003.jpg\n"))
    }

    @Test("Any cut or changed header of an archive ends in an error or in fewer members, never beyond its end")
    func hostileTar() throws {
        let archive = try TarMember.bytes("a.jpg", [1, 2, 3]) + TarMember.bytes("b.jpg", [4])
        #expect(try TarMembers.read(archive) == ["a.jpg": 512..<515, "b.jpg": 1536..<1537])
        var random = CounterRandom(seed: 1, stage: .sampling)
        for round in 0..<400 {
            var bytes = archive
            if round % 2 == 0 {
                bytes = Array(bytes.prefix(random.below(bytes.count)))
            } else {
                for _ in 0..<3 { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
            }
            let members = (try? TarMembers.read(bytes)) ?? [:]
            #expect(members.values.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= bytes.count })
        }
        var large = try TarMember.bytes("a.jpg", [])
        large.replaceSubrange(124..<136, with: Array("777777777777".utf8))
        #expect(throws: DataError.self) { try TarMembers.read(large) }
    }

    /// A zip archive of stored members, as any tool writes it.
    private func zip(_ members: [(String, [UInt8])], method: UInt8 = 0) -> [UInt8] {
        func little(_ value: Int, _ width: Int) -> [UInt8] {
            (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        var body: [UInt8] = []
        var directory: [UInt8] = []
        for (name, bytes) in members {
            let sizes = little(0, 4) + little(bytes.count, 4) + little(bytes.count, 4) + little(name.utf8.count, 2)
            let head = little(20, 2) + little(0, 2) + [method, 0] + little(0, 4) + sizes
            directory += little(0x0201_4B50, 4) + little(20, 2) + head + little(0, 12) + little(body.count, 4)
            directory += Array(name.utf8)
            body += little(0x0403_4B50, 4) + head + little(0, 2) + Array(name.utf8) + bytes
        }
        let counts = little(members.count, 2) + little(members.count, 2)
        return body + directory + little(0x0605_4B50, 4) + little(0, 4) + counts + little(directory.count, 4)
            + little(body.count, 4) + little(0, 2)
    }

    @Test("Pictures are read from a zip archive without compression")
    func zipped() throws {
        let picture = try Pictures.jpeg(1)
        let archive = zip([("a.jpg", picture), ("b/c.jpg", [1, 2])])
        let members = try ZipMembers.read(archive)
        #expect(members.keys.sorted() == ["a.jpg", "b/c.jpg"])
        #expect(members["a.jpg"].map { Array(archive[$0]) } == picture)
        #expect(try ZipMembers.read(zip([("a.jpg", [1])], method: 8)).isEmpty)
        let folder = try TemporaryFolder()
        let file = try folder.write("p.zip", archive)
        let table = try folder.write("t.csv", "path,kind\na.jpg,x\n")
        let read = try TableReader(source: "z", table: table, root: file, labels: ["kind"]).read()
        #expect(try read.samples.first?.image.read() == picture)
    }

    @Test("Any cut or changed zip archive ends in an error or in members inside it")
    func hostileZip() throws {
        let archive = zip([("a.jpg", [1, 2, 3]), ("b.jpg", [4])])
        var random = CounterRandom(seed: 2, stage: .sampling)
        for round in 0..<600 {
            var bytes = archive
            if round % 3 == 0 {
                bytes = Array(bytes.prefix(random.below(bytes.count)))
            } else {
                for _ in 0..<2 { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
            }
            let members = (try? ZipMembers.read(bytes)) ?? [:]
            #expect(members.values.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= bytes.count })
        }
    }
}
