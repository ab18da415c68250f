import Foundation
import Imaging
import Learning

/// Pictures and data sets made of nothing.
enum Pictures {
    /// A picture of soft colours that depend on a number, with a darker square that is not in its middle.
    static func picture(_ number: Int, width: Int = 48, height: Int = 36) throws -> Image {
        var bytes: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                let isInside = x > width / 2 && x < width * 3 / 4 && y > height / 3 && y < height * 2 / 3
                let ground: [Int] = [100 + x + number * 7 % 60, 200 - y - number * 13 % 90, 60 + number * 3 % 50]
                for value in isInside ? [20, 30, 40] : ground { bytes.append(UInt8(truncatingIfNeeded: value)) }
            }
        }
        return try Image(width: width, height: height, format: .rgb8, bytes: bytes)
    }

    static func jpeg(_ number: Int, width: Int = 48, height: Int = 36) throws -> [UInt8] {
        try picture(number, width: width, height: height).encoded(as: .jpeg(quality: 85))
    }

    /// An item of one colour on white.
    static func item(width: Int = 40, height: Int = 40) throws -> Image {
        var bytes = [UInt8](repeating: 250, count: width * height * 3)
        for y in (height / 4)..<(height * 3 / 4) {
            for x in (width / 4)..<(width * 3 / 4) {
                let at = 3 * (y * width + x)
                (bytes[at], bytes[at + 1], bytes[at + 2]) = (180, 40, 60)
            }
        }
        return try Image(width: width, height: height, format: .rgb8, bytes: bytes)
    }

    /// Samples in memory; classes go round.
    static func dataset(_ count: Int, classes: Int = 3) throws -> Dataset {
        let samples = try (0..<count).map { number in
            Sample(
                id: "p\(number)", image: .bytes(try jpeg(number)), labels: ["kind": number % classes],
                boxes: [LabelledBox(left: 24, top: 12, right: 36, bottom: 24, label: 0)], source: "made")
        }
        return Dataset(
            samples: samples,
            classNames: ["kind": (0..<classes).map { "k\($0)" }, Dataset.boxColumn: ["square"]])
    }
}

extension TemporaryFolder {
    /// Writes a file, with the folders on the way to it.
    @discardableResult
    func write(_ path: String, _ bytes: [UInt8]) throws -> URL {
        let file = url.appending(path: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
        return file
    }

    @discardableResult
    func write(_ path: String, _ text: String) throws -> URL { try write(path, Array(text.utf8)) }
}
