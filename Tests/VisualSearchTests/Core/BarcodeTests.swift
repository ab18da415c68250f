import Imaging
import Testing
import VisualSearch

@Suite("Bar codes")
struct BarcodeTests {
    private func read(_ code: PrintedCode, seed: UInt64 = 1) -> Barcode1D? {
        let photo = code.photographed(seed: seed)
        return Barcode1D.read(photo.pixels, width: photo.width, height: photo.height)
    }

    @Test(
        "SCAN-011 codes of all three kinds are read, whatever their first digit",
        arguments: (0...9).map { "\($0)00638133393" } + ["9638507", "0123456", "03600029145"])
    func kinds(digits: String) throws {
        let whole = PrintedCode.completed(digits)
        let code = try #require(read(PrintedCode(digits: whole)))
        let kind: Barcode1D.Symbology =
            whole.count == 8 ? .ean8 : whole.count == 12 || whole.first == "0" ? .upcA : .ean13
        #expect(code.symbology == kind)
        #expect(code.key == (whole.count == 12 ? "0" + whole : whole) && Barcode1D.isValid(code.digits))
    }

    @Test(
        "SCAN-011 tilted and upside-down codes are read",
        arguments: [-30, -11, 4, 22, 40, 67, 90, 135, 180] as [Double])
    func tilted(angle: Double) {
        let digits = PrintedCode.completed("590123412345")
        #expect(read(PrintedCode(digits: digits, module: 2, angle: angle))?.digits == digits)
    }

    @Test(
        "SCAN-011 blur, noise, spreading ink, weak contrast and falling light are borne",
        arguments: [
            PrintedCode(digits: "4006381333931", blur: 1.2), PrintedCode(digits: "4006381333931", noise: 14),
            PrintedCode(digits: "4006381333931", module: 3, blur: 1.6, noise: 6),
            PrintedCode(digits: "4006381333931", module: 2, angle: 15, blur: 1.2, noise: 6),
            PrintedCode(digits: "4006381333931", module: 2, blur: 1.5, noise: 3),
            PrintedCode(digits: "4006381333931", module: 3, ink: 0.3),
            PrintedCode(digits: "4006381333931", module: 3, ink: -0.3),
            PrintedCode(digits: "4006381333931", noise: 3, dark: 110, light: 150),
            PrintedCode(digits: "4006381333931", noise: 4, shade: 0.6),
            PrintedCode(digits: "4006381333931", module: 1.5, noise: 4),
            PrintedCode(digits: "4006381333931", module: 2.5, angle: 12, blur: 1, noise: 6, shade: 0.3),
            PrintedCode(digits: "96385074", module: 2, angle: 100, blur: 0.8, noise: 8),
        ])
    func worn(code: PrintedCode) {
        for seed in UInt64(1)...2 { #expect(read(code, seed: seed)?.digits == code.digits) }
    }

    @Test(
        "SCAN-011 pictures without a code have none: noise, stripes, checks, blank ones",
        arguments: 1...2 as ClosedRange<UInt64>)
    func none(seed: UInt64) {
        var planted = Planted(seed: seed)
        let (width, height) = (160, 80)
        let bars = (0..<width).map { _ in planted.number(below: 2) * 200 }
        var kinds: [[UInt8]] = [[UInt8](repeating: UInt8(seed), count: width * height)]
        kinds.append((0..<width * height).map { _ in UInt8(planted.number(below: 256)) })
        // Bars of random width all over the picture, which is what a code looks like to a careless reader.
        kinds.append((0..<width * height).map { UInt8(bars[$0 % width / 2 * 2]) })
        kinds.append((0..<width * height).map { UInt8((($0 % width / 5) + ($0 / width / 5)) % 2 * 255) })
        for pixels in kinds { #expect(Barcode1D.read(pixels, width: width, height: height) == nil) }
    }

    @Test("SCAN-011 a code whose check digit is wrong is not read as one")
    func damaged() {
        #expect(read(PrintedCode(digits: "4006381333932")) == nil)
        #expect(!Barcode1D.isValid("4006381333932") && Barcode1D.isValid("4006381333931"))
        #expect(!Barcode1D.isValid("") && !Barcode1D.isValid("40063813３3931") && !Barcode1D.isValid("40063813339310"))
    }

    @Test("SCAN-011 numbers that do not fit the bytes are no picture")
    func bounds() {
        let bytes = [UInt8](repeating: 0, count: 1000)
        for (width, height, stride) in [
            (0, 10, 0), (10, 0, 10), (10, 101, 10), (10, 10, 9), (100, .max, 100), (-5, 5, 5),
        ] {
            #expect(Barcode1D.read(bytes, width: width, height: height, stride: stride) == nil)
        }
        #expect(Barcode1D.read(bytes, width: 10, height: 100) == nil)
        #expect(Barcode1D.read(bytes, width: 900, height: 2, stride: 100) == nil)
    }

    @Test("SCAN-011 a code in a colour picture is read")
    func colour() throws {
        let photo = PrintedCode(digits: "4006381333931").photographed(seed: 4)
        let image = try Image(
            width: photo.width, height: photo.height, format: .rgb8, bytes: photo.pixels.flatMap { [$0, $0, $0] })
        #expect(Barcode1D.read(image)?.digits == "4006381333931")
    }
}
