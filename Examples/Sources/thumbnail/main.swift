// Makes a thumbnail of a picture file without trusting it.
//   swift run --package-path Examples thumbnail picture.jpg small.jpg
import Foundation
import Imaging

let arguments = CommandLine.arguments
guard arguments.count == 3 else {
    print("usage: thumbnail PICTURE RESULT")
    exit(2)
}

do {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: arguments[1])))
    let probe = try ImageProbe.read(bytes)
    print("\(probe.format.name), \(probe.uprightWidth) x \(probe.uprightHeight) pixels")
    let thumbnail = try Thumbnail.make(bytes, width: 320, height: 240, method: .scale)
    try Data(thumbnail.bytes).write(to: URL(filePath: arguments[2]))
    print("wrote \(thumbnail.mediaType), \(thumbnail.width) x \(thumbnail.height) pixels")
} catch {
    print("no thumbnail: \(error)")
    exit(1)
}
