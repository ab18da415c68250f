import Archives
import Basics
import Foundation
import Imaging
import Inference
import Panorama

/// The inside of the cage: what `vitrine stitch-worker` runs. All decoding of strangers' files happens here.
package enum StitchInside {
    /// Makes one panorama and ends the process.
    package static func run(memoryBytes: UInt64, processorSeconds: UInt64) -> Never {
        let facts = CageInside.enter(memoryBytes: memoryBytes, processorSeconds: processorSeconds)
        let stream = CageInside.stream
        do {
            guard facts.isTight else {
                try stream.post([
                    "failure": .string(
                        "This machine cannot cage a worker: \(facts.missing.joined(separator: ", ")) is refused.")
                ])
                exit(EXIT_FAILURE)
            }
            let message = try stream.receive().message
            let task = try StitchTask(message, stream)
            if message["guide"] == true { try task.guide() } else { try task.work() }
        } catch let refusal as RequestError {
            try? stream.post([
                "failure": .string(refusal.message), "lasting": .bool(refusal.status < 500),
            ])
        } catch is FrameStream.Broken {
            exit(EXIT_FAILURE)
        } catch {
            try? stream.post(["failure": .string("\(error)")])
        }
        exit(EXIT_SUCCESS)
    }
}

/// One panorama inside of the cage.
private struct StitchTask {
    private let stream: FrameStream
    private let wish: PanoramaWish
    private let planned: Int
    private let photos: [StitchPhoto]

    init(_ message: JSONObject, _ stream: FrameStream) throws {
        self.stream = stream
        wish = try PanoramaWish(message["options"]?.objectValue ?? [:])
        planned = Int(clamping: message["planned"]?.intValue ?? 512)
        photos = try (message["photos"]?.arrayValue ?? []).enumerated().map { index, entry in
            StitchPhoto(
                name: entry["name"]?.stringValue ?? "", identity: entry["identity"]?.stringValue,
                mask: try entry["mask"]?.stringValue.map(PanoramaMask.read)
            ) {
                try stream.post(["load": .int(Int64(index))])
                return try stream.receive().bytes
            }
        }
    }

    func work() throws {
        var options = wish.stitch
        options.memoryMebibytes = planned
        let thumbnails = ReportThumbnails(photos)
        var pictures: [ReportPicture] = []
        let outcome = try Stitcher(options: options).outcome(photos, cache: cache) { step in
            try checkMemory()
            try stream.post([
                "progress": .string(step.stage.rawValue), "done": .int(Int64(step.done)), "of": .int(Int64(step.of)),
            ])
        } deliver: { panorama in
            let made = try ReportPicture(panorama)
            pictures.append(made)
            return try hand(panorama, made)
        }
        try file("report", group: 0, type: "text/html; charset=utf-8") {
            Array(StitchReportPage(outcome, pictures: pictures, thumbnails: thumbnails.all()).html.utf8)
        }
        var verdict = try Self.json(outcome.verdict).objectValue ?? [:]
        verdict["cost"] = [
            "cpuSeconds": .double((Double(clock()) / Double(CLOCKS_PER_SEC) * 100).rounded() / 100),
            "peakMiB": .int(CageInside.peakKibibytes / 1024), "capMiB": .int(Int64(wish.stitch.memoryMebibytes)),
            "plannedMiB": .int(Int64(planned)),
        ]
        try stream.post(["verdict": .object(verdict), "graph": try Self.json(outcome.graph)])
    }

    /// How the last photo joins those before it.
    func guide() throws {
        try stream.post(["guide": try Self.json(CaptureGuide().answer(photos, cache: cache))])
    }

    private var cache: StitchCache {
        StitchCache { key in
            guard (try? stream.post(["find": .string(key)])) != nil, let frame = try? stream.receive(),
                frame.message["found"] == true
            else { return nil }
            return frame.bytes
        } keep: { key, bytes in
            try stream.post(["keep": .string(key)], bytes: bytes)
        }
    }

    /// The files of one panorama.
    private func hand(_ panorama: Stitcher.Panorama, _ made: ReportPicture) throws -> String {
        let group = panorama.group
        try file("image", group: group, type: wish.format.mediaType) {
            try panorama.file(as: wish.format, quality: wish.quality)
        }
        try file("preview", group: group, type: "image/jpeg") { made.preview }
        try file("seams", group: group, type: "image/jpeg") { made.seams }
        let view = panorama.image.fitting(width: 8_192, height: 8_192, pixels: 24_000_000)
        try file("view", group: group, type: "image/jpeg") { try view.encoded(as: .jpeg(quality: 86)) }
        try file("frame", group: group, type: "application/json") {
            var frame = try Self.json(panorama.frame).objectValue ?? [:]
            frame["viewWidth"] = .int(Int64(view.width))
            frame["viewHeight"] = .int(Int64(view.height))
            return JSON.object(frame).encoded()
        }
        if wish.tiles ?? CubeTiles.areDefault(panorama.frame),
            let tiles = try CubeTiles(panorama.image, frame: panorama.frame, mebibytes: planned)
        {
            try file("tiles", group: group, type: "application/octet-stream") { tiles.bytes }
            try file("tile-index", group: group, type: "application/json") { try Self.json(tiles.index).encoded() }
        }
        try file("cameras", group: group, type: "text/plain; charset=utf-8") {
            Array(HuginProject(panorama, names: photos.map(\.name)).text.utf8)
        }
        let names = photos.map(\.name)
        try file("geometry", group: group, type: "application/json") {
            try Self.json(CameraTable(panorama, names: names)).encoded()
        }
        if wish.stitch.keepsLayers {
            try file("layers", group: group, type: "application/zip") { try Self.archive(panorama, names) }
        }
        try things(panorama)
        return "image.\(wish.format.ending)"
    }

    /// Photos as they lie in the panorama, their masks and the cameras, in one archive.
    private static func archive(_ panorama: Stitcher.Panorama, _ names: [String]) throws -> [UInt8] {
        var archive = ZipWriter()
        try LayerFiles(panorama, names: names).write { name, bytes in
            guard archive.add(name, bytes) else { throw ImageError.encodingFailed("the layers are too large") }
        }
        return archive.bytes
    }

    /// Most things that are shown, and most photos of each.
    private static let mostThings = (things: 12, photos: 6)

    /// What the photos show differently, with how each photo shows it.
    private func things(_ panorama: Stitcher.Panorama) throws {
        let (editor, frame) = (panorama.editor, panorama.frame)
        var list: [JSON] = []
        for object in editor.objects().prefix(Self.mostThings.things) {
            let box = editor.box(of: object, frame: frame)
            guard box[2] > 0, box[3] > 0 else { continue }
            var photos: [JSON] = []
            for photo in object.photos.prefix(Self.mostThings.photos) {
                guard let picture = editor.thumbnail(of: object, photo: photo) else { continue }
                let small = picture.fitting(width: 240, height: 240)
                try file("thing-\(object.number)-\(photo)", group: panorama.group, type: "image/jpeg") {
                    try small.encoded(as: .jpeg(quality: 82))
                }
                photos.append(.int(Int64(photo)))
            }
            list.append([
                "thing": .int(Int64(object.number)), "photos": .array(photos), "shown": .int(Int64(object.shown)),
                "box": .array(box.map { .double(($0 * 10_000).rounded() / 10_000) }),
            ])
        }
        try file("things", group: panorama.group, type: "application/json") {
            JSON.object(["things": .array(list)]).encoded()
        }
    }

    private func file(_ kind: String, group: Int, type: String, _ bytes: () throws -> [UInt8]) throws {
        try stream.post(
            ["file": .string(kind), "group": .int(Int64(group)), "type": .string(type)], bytes: try bytes())
    }

    /// The memory cap is a promise: a worker above it ends before the machine suffers.
    private func checkMemory() throws {
        let cap = Int64(wish.stitch.memoryMebibytes)
        guard CageInside.peakKibibytes / 1024 > cap else { return }
        throw RequestError(
            status: 500, code: "resources",
            message: "The worker needed more than its \(cap) MiB. Allow more memory, or ask for fewer megapixels.")
    }

    private static func json(_ value: some Encodable) throws -> JSON {
        var limits = JSONLimits()
        limits.maximumBytes = FrameStream.maximumMessage
        return try JSON(parsing: Array(try JSONEncoder().encode(value)), limits: limits)
    }
}
