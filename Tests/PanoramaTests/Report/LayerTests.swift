import Foundation
import Imaging
import Panorama
import TestSupport
import Testing

@Suite("Layers, cameras and Hugin projects")
struct LayerTests {
    private struct Made {
        var files: [String: [UInt8]] = [:]
        var picture: Image
        var cameras: CameraTable
        var photos: [(name: String, bytes: [UInt8])]

        func json(_ name: String) throws -> [String: Any] {
            let data = Data(try #require(files[name]))
            return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        }
    }

    /// A stitched ring of five views over 150°, with its parts.
    private static func made(surface: Surface? = nil) throws -> Made {
        let ring = try RenderedRing(RenderedWorld(seed: 5), count: 5, span: 150, seed: 2, width: 320, height: 240)
        let photos = try ring.photos()
        var options = StitchOptions()
        options.keepsLayers = true
        options.surface = surface
        var made: Made?
        _ = try Stitcher(options: options).stitch(photos) { panorama in
            let names = photos.map(\.name)
            var one = Made(
                picture: panorama.image, cameras: CameraTable(panorama, names: names),
                photos: try photos.map { ($0.name, try $0.load()) })
            try LayerFiles(panorama, names: names).write { one.files[$0] = $1 }
            made = one
            return nil
        }
        return try #require(made)
    }

    /// The words of a line of a project that begin with these letters, by their letters.
    private static func words(_ line: Substring) -> [String: String] {
        var out: [String: String] = [:]
        for word in line.split(separator: " ").dropFirst() {
            let letters = word.prefix { $0.isLetter }
            if out[String(letters)] == nil { out[String(letters)] = String(word.dropFirst(letters.count)) }
        }
        return out
    }

    private static func angles(_ project: String) -> [[Double]] {
        project.split(separator: "\n").filter { $0.hasPrefix("i ") }.map { line in
            let words = words(line)
            return ["y", "p", "r", "v"].compactMap { words[$0].flatMap { Double($0) } }
        }
    }

    private static func apart(_ a: Double, _ b: Double) -> Double {
        let turn = abs(a - b).truncatingRemainder(dividingBy: 360)
        return min(turn, 360 - turn)
    }

    @Test("PANO-312 each pixel of the panorama is in the mask of one layer, and that layer shows it")
    func layers() throws {
        let made = try Self.made()
        let table = try made.json("layers.json")
        let canvas = try #require(table["canvas"] as? [Int])
        let crop = try #require(table["crop"] as? [Int])
        let layers = try #require(table["layers"] as? [[String: Any]])
        #expect(layers.count == 5 && crop[2] == made.picture.width && crop[3] == made.picture.height)
        var owners = [Int](repeating: 0, count: canvas[0] * canvas[1])
        var painted = [UInt8](repeating: 0, count: owners.count * 3)
        for layer in layers {
            let colours = try Image.decode(try #require(made.files[layer["file"] as? String ?? ""])).image
            let mask = try Image.decode(try #require(made.files[layer["mask"] as? String ?? ""])).image.converted(
                to: .gray8)
            #expect(colours.format == .rgba8 && mask.width == colours.width && mask.height == colours.height)
            let (x, y) = (layer["x"] as? Int ?? -1, layer["y"] as? Int ?? -1)
            for row in 0..<mask.height {
                for column in 0..<mask.width where mask.bytes[row * mask.stride + column] == 255 {
                    let to = (y + row) * canvas[0] + (x + column) % canvas[0]
                    let from = row * colours.stride + column * 4
                    #expect(colours.bytes[from + 3] == 255)
                    owners[to] += 1
                    for channel in 0..<3 { painted[to * 3 + channel] = colours.bytes[from + channel] }
                }
            }
        }
        var (wrong, apart) = (0, 0)
        for row in 0..<crop[3] {
            for column in 0..<crop[2] {
                let at = (crop[1] + row) * canvas[0] + crop[0] + column
                if owners[at] != 1 { wrong += 1 }
                for channel in 0..<3 {
                    let shown = Int(made.picture.bytes[row * made.picture.stride + column * 3 + channel])
                    apart += abs(shown - Int(painted[at * 3 + channel]))
                }
            }
        }
        #expect(wrong == 0 && owners.allSatisfy { $0 <= 1 })
        // Only blending lies between the two.
        #expect(Double(apart) / Double(crop[2] * crop[3] * 3) < 3)
    }

    @Test("PANO-312 the project's angles are the cameras', and the JSON's rotations say the same")
    func project() throws {
        let made = try Self.made()
        let text = String(decoding: try #require(made.files["panorama.pto"]), as: UTF8.self)
        let angles = Self.angles(text)
        #expect(angles.count == 5 && made.cameras.photos.count == 5)
        for (line, photo) in zip(angles, made.cameras.photos) {
            let told = try #require(photo.yawPitchRoll)
            for part in 0..<3 { #expect(Self.apart(line[part], told[part]) < 0.0001) }
            // The rotation again from the angles: roll after pitch after yaw.
            let degree = Double.pi / 180
            let back =
                Matrix3.rotation(Vector3(0, 0, -told[2] * degree)) * .rotation(Vector3(-told[1] * degree, 0, 0))
                * .rotation(Vector3(0, -told[0] * degree, 0))
            for (a, b) in zip(back.values, try #require(photo.rotation)) { #expect(abs(a - b) < 1e-9) }
            #expect(photo.width == 320 && photo.height == 240)
        }
        #expect(text.split(separator: "\n").count { $0.hasPrefix("c ") } > 60)
        let json = try JSONDecoder().decode(CameraTable.self, from: Data(try #require(made.files["cameras.json"])))
        #expect(json == made.cameras)
    }

    private static let hasHugin = ["nona", "pano_modify", "checkpto"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)")
    }

    @Test(
        "PANO-312 Hugin opens the project with the same angles, finds all photos joined, and draws them where we do",
        .enabled(if: hasHugin, "hugin-tools is not there: Scripts/bootstrap peers"),
        arguments: [Surface?.none, .sphere])
    func hugin(surface: Surface?) async throws {
        let made = try Self.made(surface: surface)
        let folder = FileManager.default.temporaryDirectory.appending(path: "hugin-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for photo in made.photos { try Data(photo.bytes).write(to: folder.appending(path: photo.name)) }
        let project = folder.appending(path: "ours.pto")
        try Data(try #require(made.files["panorama.pto"])).write(to: project)
        // Read and written again by Hugin.
        let back = folder.appending(path: "back.pto")
        let run = try await CommandRun.run(["pano_modify", "--output=\(back.path)", project.path])
        try #require(run.status == 0, "\(run.errors)")
        let ours = Self.angles(String(decoding: try #require(made.files["panorama.pto"]), as: UTF8.self))
        let theirs = Self.angles(try String(contentsOf: back, encoding: .utf8))
        #expect(theirs.count == 5)
        for (a, b) in zip(ours, theirs) { for part in 0..<4 { #expect(Self.apart(a[part], b[part]) < 0.01) } }
        let check = try await CommandRun.run(["checkpto", project.path])
        #expect(check.status == 0, "\(check.output) \(check.errors)")
        let drawn = try await CommandRun.run([
            "nona", "-m", "PNG_m", "-z", "NONE", "-o", folder.appending(path: "n").path, project.path,
        ])
        try #require(drawn.status == 0, "\(drawn.errors)")
        let table = try made.json("layers.json")
        let crop = try #require(table["crop"] as? [Int])
        for (number, layer) in try #require(table["layers"] as? [[String: Any]]).enumerated() {
            let file = folder.appending(path: "n000\(number).png")
            let theirs = try Image.decode([UInt8](Data(contentsOf: file))).image
            let mine = try Image.decode(try #require(made.files[layer["file"] as? String ?? ""])).image
            #expect(theirs.format == .rgba8)
            let (x, y) = ((layer["x"] as? Int ?? 0) - crop[0], (layer["y"] as? Int ?? 0) - crop[1])
            let found = Self.difference(mine, theirs, x: x, y: y)
            #expect(found.pixels > 1_000 && found.mean < 4, "\(number): \(found)")
        }
    }

    /// The mean difference where both show something; the other's picture begins where the panorama does.
    private static func difference(_ mine: Image, _ theirs: Image, x: Int, y: Int) -> (pixels: Int, mean: Double) {
        var (sum, pixels) = (0, 0)
        for row in 0..<mine.height where (0..<theirs.height).contains(y + row) {
            for column in 0..<mine.width where (0..<theirs.width).contains(x + column) {
                let (a, b) = (row * mine.stride + column * 4, (y + row) * theirs.stride + (x + column) * 4)
                guard mine.bytes[a + 3] == 255, theirs.bytes[b + 3] == 255 else { continue }
                pixels += 1
                for channel in 0..<3 { sum += abs(Int(mine.bytes[a + channel]) - Int(theirs.bytes[b + channel])) }
            }
        }
        return (pixels, pixels > 0 ? Double(sum) / Double(pixels * 3) : 255)
    }
}
