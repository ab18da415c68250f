import Foundation
import Imaging
import Panorama

// Stitches the photos of a folder: one-panorama FOLDER
do {
    guard CommandLine.arguments.count == 2 else {
        print("usage: one-panorama FOLDER")
        exit(2)
    }
    let folder = CommandLine.arguments[1]
    let photos = try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { name in
        StitchPhoto(name: name) { [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))) }
    }
    let verdict = try Stitcher().stitch(photos) { panorama in
        let name = "panorama-\(panorama.group).jpg"
        try Data(panorama.image.encoded(as: .jpeg(quality: 92))).write(to: URL(fileURLWithPath: name))
        return name
    }
    for photo in verdict.photos {
        print("\(photo.name): \(photo.verdict.rawValue)", photo.advice ?? "")
    }
} catch {
    print("\(error)")
    exit(1)
}
