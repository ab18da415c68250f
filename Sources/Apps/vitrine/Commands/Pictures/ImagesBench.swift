import ArgumentParser
import Basics
import Foundation
import Imaging

/// Measures what a picture costs to decode and make small.
struct ImagesBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure what decoding a picture and making it small costs, in processor time.",
        discussion: """
            From the bytes in memory to the small picture in memory, one thread, the best of the rounds. A JPEG can be \
            decoded at 1/8, 1/4 or 1/2 of its size, which costs less and is all a small picture needs.

              vitrine images bench photo.jpg --short-side 256
            """)

    @Argument(help: "The picture.") var input: String
    @Option(help: "Short side of the small picture, in pixels.") var shortSide = 256
    @Option(help: "Pictures a round.") var count = 5
    @Option(help: "Rounds.") var rounds = 3
    @Flag(help: "Print JSON: milliseconds by name.") var json = false

    func run() async throws {
        guard count > 0, rounds > 0, shortSide > 0 else { throw ValidationError("Counts are at least 1.") }
        do {
            let bytes = try PictureFiles.read(input)
            let probe = try ImageProbe.read(bytes)
            let full = ImageSize(width: probe.width, height: probe.height)
            let short = min(full.width, full.height)
            let small = ImageSize(
                width: max(1, (full.width * shortSide + short / 2) / short),
                height: max(1, (full.height * shortSide + short / 2) / short))
            var results = JSONObject()
            for eighths in probe.format == .jpeg ? [1, 2, 4, 8] : [8] {
                let least = ImageSize(width: full.width * eighths / 8, height: full.height * eighths / 8)
                guard least.width >= small.width, least.height >= small.height else { continue }
                for filter in [ResizeFilter.area, .lanczos] {
                    let name = "\(eighths)/8 + \(filter.rawValue)"
                    let milliseconds = try best { try Self.shrink(bytes, least: least, to: small, filter) }
                    results[name] = .double(milliseconds)
                    if !json { Terminal.say(String(format: "%8.2f ms  %@", milliseconds, name as NSString)) }
                }
            }
            if json { Terminal.say(JSON.object(results).text) }
        } catch let error as ImageError {
            throw error.at(input)
        }
    }

    private static func shrink(
        _ bytes: [UInt8], least: ImageSize, to small: ImageSize, _ filter: ResizeFilter
    ) throws(ImageError) {
        let options = ImageDecodeOptions(appliesOrientation: false, minimumSize: least)
        let image = try Image.decode(bytes, options: options).image
        _ = try image.resized(width: small.width, height: small.height, by: filter)
    }

    private func best(_ body: () throws -> Void) throws -> Double {
        try body()
        var least = Double.infinity
        for _ in 0..<rounds {
            let start = ProcessorTime.now
            for _ in 0..<count { try body() }
            least = min(least, (ProcessorTime.now - start) * 1000 / Double(count))
        }
        return least
    }
}
