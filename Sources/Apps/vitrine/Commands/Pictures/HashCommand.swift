import ArgumentParser
import Basics
import Foundation
import Imaging
import Kernels
import VisualSearch

/// Hashes of pictures.
struct HashCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hash",
        abstract: "Print the hashes of pictures, or measure what they are worth.",
        discussion: """
            A perceptual hash stays nearly the same when a picture is compressed again, made smaller or brighter. How \
            many bits two hashes differ in says how unlike the pictures are; but garments on plain ground collide, so \
            a small distance proves nothing (`vitrine dedup` looks twice).

              vitrine hash photo.jpg copy.png
              vitrine hash --json photos/ > hashes.ndjson
              vitrine hash bench photos/
            """,
        subcommands: [HashFiles.self, HashBench.self], defaultSubcommand: HashFiles.self)
}

/// Prints hashes.
struct HashFiles: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "files",
        abstract: "Print the hashes of pictures.",
        discussion: """
            MD5 and SHA-256 are of the file, `pixels` is the SHA-256 of the upright pixels: equal for files whose \
            metadata alone differ. MD5 is there to compare with other lists; collisions can be made at will.
            """)

    @Argument(help: "Files, or folders with all pictures in them.") var places: [String]
    @Flag(help: "Print one JSON object a line.") var json = false
    @Flag(help: "With --json: dHash of all eight mirrored and turned views, and the signature.") var views = false

    func run() async throws {
        let (json, views) = (json, views)
        let lines = await PictureFiles.map(try PictureFiles.list(places), title: "hashing") {
            path -> Result<String, Failure> in
            do {
                return .success(try Self.line(path, json: json, views: views))
            } catch let error as ImageError {
                return .failure(error.at(path))
            } catch {
                return .failure(Failure("\(error)"))
            }
        }
        for line in lines {
            switch line {
            case .success(let text): Terminal.say(text)
            case .failure(let failure): Terminal.warn(failure.description)
            }
        }
        if lines.contains(where: { if case .failure = $0 { true } else { false } }) { throw ExitCode(1) }
    }

    private static func line(_ path: String, json: Bool, views: Bool) throws -> String {
        let bytes = try PictureFiles.read(path)
        let analysis = try PictureAnalysis(bytes)
        let options = ImageDecodeOptions(
            damage: .accept,
            minimumSize: ImageSize(width: PictureAnalysis.shortSide, height: PictureAnalysis.shortSide))
        let image = try Image.decode(bytes, options: options).image
        let values: [(String, JSON)] = [
            ("file", .string(path)), ("md5", .string(Hex.encode(PictureAnalysis.md5(bytes)))),
            ("sha256", .string(Hex.encode(analysis.picture.fileDigest))),
            ("pixels", .string(Hex.encode(try PictureAnalysis.exactPixelDigest(bytes)))),
            ("ahash", .string(PerceptualHash.hexadecimal(try PerceptualHash.aHash64(image)))),
            ("dhash", .string(PerceptualHash.hexadecimal(analysis.views[0].difference64))),
            ("phash", .string(PerceptualHash.hexadecimal(try PerceptualHash.pHash64(image)))),
            ("dhash256", .string(analysis.views[0].difference256.hexadecimal)),
        ]
        guard json else { return values.map { "\($0.0)\t\($0.1.stringValue ?? "")" }.joined(separator: "\n") + "\n" }
        var object = JSONObject()
        for (name, value) in values { object[name] = value }
        if views {
            object["views"] = .array(
                analysis.views.map { view in
                    .object([
                        "dhash": .string(PerceptualHash.hexadecimal(view.difference64)),
                        "dhash256": .string(view.difference256.hexadecimal),
                        "signature": .string(Hex.encode(view.signature.codes.map { UInt8(bitPattern: $0) })),
                    ])
                })
        }
        return JSON.object(object).text
    }
}
