import Basics
import Imaging
import Testing
import VisualSearch

@Suite("Boxes of a scan")
struct UnitBoxTests {
    private let size = ImageSize(width: 640, height: 480)

    @Test("SCAN-020 nothing, the whole picture or an own box can be asked for; a box is clipped to the picture")
    func parsing() throws {
        #expect(try BoxRequest(parsing: nil, size: size) == .automatic)
        #expect(try BoxRequest(parsing: "", size: size) == .automatic)
        #expect(try BoxRequest(parsing: "full", size: size) == .full)
        let own = try #require(UnitBox(x: 0.25, y: 0.5, width: 0.5, height: 0.25))
        #expect(try BoxRequest(parsing: "0.25,0.5,0.5,.25", size: size) == .own(own))
        #expect(try BoxRequest(parsing: "2.5e-1,0.5,+0.5,25e-2", size: size) == .own(own))
        let clipped = try #require(UnitBox(x: 0, y: 0.5, width: 0.25, height: 0.5))
        #expect(try BoxRequest(parsing: "-0.25,0.5,0.5,9", size: size) == .own(clipped))
    }

    @Test(
        "SCAN-020 what is no box is refused",
        arguments: [
            "FULL", "1,2,3", "0,0,1,1,", "0,0,1,1,1", "nan,0,1,1", "0,0,inf,1", "0x1p-3,0,1,1", "0, 0,1,1", ",,,",
        ])
    func refused(text: String) {
        #expect(throws: BoxRequest.Fault.syntax) { try BoxRequest(parsing: text, size: size) }
    }

    @Test(
        "SCAN-020 a box beside the picture is refused with the picture's size",
        arguments: ["1,0,1,1", "0,-1,1,1", "0.5,0.5,0,0.2", "0.5,0.5,-0.2,0.2", "1e308,0,1e308,1", "-1e308,0,1e308,1"])
    func outside(text: String) {
        #expect(throws: BoxRequest.Fault.outside(size)) { try BoxRequest(parsing: text, size: size) }
        #expect(BoxRequest.Fault.outside(size).description.contains("640 x 480"))
    }

    @Test(
        "pixels around a box are in the picture, and pixels become the box again",
        arguments: [(640, 480), (7, 3), (1, 1)])
    func pixels(width: Int, height: Int) throws {
        let size = ImageSize(width: width, height: height)
        for x in 0..<min(width, 9) {
            for wide in 1...min(width - x, 9) {
                let box = PixelBox(x: x, y: 0, width: wide, height: height)
                #expect(try #require(UnitBox(box, in: size)).pixels(in: size) == box)
            }
        }
        #expect(UnitBox(PixelBox(x: width, y: 0, width: 4, height: 4), in: size) == nil)
        let sliver = try #require(UnitBox(x: 0.9999999, y: 0.9999999, width: 1, height: 1)).pixels(in: size)
        #expect(sliver == PixelBox(x: width - 1, y: height - 1, width: 1, height: 1))
    }

    @Test("overlap is shared area over joint area")
    func overlap() throws {
        let left = try #require(UnitBox(x: 0, y: 0, width: 0.5, height: 1))
        let middle = try #require(UnitBox(x: 0.25, y: 0, width: 0.5, height: 1))
        let right = try #require(UnitBox(x: 0.5, y: 0, width: 0.5, height: 1))
        #expect(abs(left.overlap(with: middle) - 1.0 / 3) < 1e-12 && left.overlap(with: left) == 1)
        #expect(left.overlap(with: right) == 0 && middle.overlap(with: .full) == 0.5)
    }

    @Test("a box survives JSON")
    func json() throws {
        let box = try #require(UnitBox(x: 0.123456, y: 0.2, width: 0.3, height: 0.4))
        #expect(UnitBox(try JSON(parsing: box.json.encoded())) == box)
        #expect(UnitBox([0, 0, 1]) == nil && UnitBox(["0", 0, 1, 1]) == nil && UnitBox(nil) == nil)
    }
}
