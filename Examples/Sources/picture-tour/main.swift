// Turns a picture upright, tilts it, looks at it through a pyramid, and prints its hash.
//   swift run --package-path Examples picture-tour picture.jpg tilted.png
import Foundation
import Imaging

let arguments = CommandLine.arguments
guard arguments.count == 3 else {
    print("usage: picture-tour PICTURE RESULT")
    exit(2)
}

do {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: arguments[1])))
    // A JPEG is decoded smaller, as long as both sides keep 512 pixels; a broken file is taken as far as it goes.
    let options = ImageDecodeOptions(damage: .accept, minimumSize: ImageSize(width: 512, height: 512))
    let decoded = try Image.decode(bytes, options: options)
    print("\(decoded.image.width) x \(decoded.image.height), damaged: \(decoded.isDamaged), colours: \(decoded.colour)")

    let hash = try PerceptualHash.dHash64(decoded.image)
    print("dHash \(PerceptualHash.hexadecimal(hash)), sharpness \(Int(try decoded.image.sharpness()))")

    let tilted = try decoded.image.rotated(degrees: 7, border: .constant(.white))
    let levels = GaussianPyramid(tilted.image.floats(in: .linear), levels: 3).levels
    let small = Image(levels[levels.count - 1], in: .linear)
    try Data(try small.encoded(as: .png)).write(to: URL(filePath: arguments[2]))
    print("wrote \(small.width) x \(small.height) pixels")
} catch {
    print("no picture: \(error)")
    exit(1)
}
