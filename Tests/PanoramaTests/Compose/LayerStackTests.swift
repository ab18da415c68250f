import Foundation
import Imaging
import Panorama
import Testing

@Suite("Layers by every method")
struct LayerStackTests {
    /// Three overlapping photos of one scene; a dark thing stands in the middle one only.
    private static func stack(isClosed: Bool = false) throws -> LayerStack {
        var stack = try #require(LayerStack(width: 128, height: 32, isClosed: isClosed))
        let columns = isClosed ? [0, 44, 88] : [0, 34, 68]
        for (index, x) in columns.enumerated() {
            var rgb = [UInt8](repeating: 0, count: 60 * 32 * 3)
            for at in 0..<(60 * 32) {
                let on = (x + at % 60) % 128
                let isThing = index == 1 && abs(on - 64) <= 3 && (10...20).contains(at / 60)
                let value = isThing ? 15 : 110 + (on * 13 + at / 60 * 7) % 19 + index * 6
                for channel in 0..<3 { rgb[at * 3 + channel] = UInt8(value) }
            }
            let image = try Image(width: 60, height: 32, format: .rgb8, bytes: rgb)
            let isTaken = stack.add(image, x: x, y: 0)
            #expect(isTaken)
        }
        return stack
    }

    @Test(
        "PANO-327, PANO-230 every choice covers exactly what the photos cover", arguments: SelectionMethod.allCases,
        [false, true])
    func choices(method: SelectionMethod, isClosed: Bool) throws {
        let stack = try Self.stack(isClosed: isClosed)
        let labels = stack.labels(by: method)
        #expect(stack.seamCost(labels) != nil)
        #expect(labels.allSatisfy { $0 >= 0 } && Set(labels) == [0, 1, 2])
        var broken = labels
        broken[30] = 2
        #expect(stack.seamCost(broken) == nil)
    }

    @Test("PANO-230 cuts cost no more than any other choice; covers come near them")
    func costs() throws {
        let stack = try Self.stack()
        let costs = SelectionMethod.allCases.reduce(into: [SelectionMethod: Int]()) {
            $0[$1] = stack.seamCost(stack.labels(by: $1))
        }
        let cut = try #require(costs[.cut])
        #expect(costs.values.allSatisfy { $0 >= cut })
        #expect(try #require(costs[.cover]) < 3 * cut)
    }

    @Test(
        "PANO-211, PANO-212, PANO-213, PANO-214, PANO-235, PANO-236, PANO-241, PANO-242 every blend fills what is covered and stays near its photos",
        arguments: BlendMethod.allCases, [false, true])
    func blends(method: BlendMethod, isClosed: Bool) throws {
        let stack = try Self.stack(isClosed: isClosed)
        let made = try #require(stack.composed(blend: method))
        #expect(made.image.width == 128 && made.image.height == 32)
        #expect(made.mask.bytes.allSatisfy { $0 == 255 })
        let far = (0..<(128 * 32)).count { at in
            let value = Int(made.image.bytes[at * 3])
            // The thing's own light may spread where gradients are mixed.
            return (value < 95 || value > 155) && abs(at % 128 - 64) > 20
        }
        #expect(far == 0, "\(method)")
    }

    @Test("layers that do not fit are refused")
    func refused() throws {
        var stack = try #require(LayerStack(width: 20, height: 10))
        let image = try Image(width: 12, height: 8, format: .rgb8, filledWith: Pixel(red: 1, green: 2, blue: 3))
        let grey = try Image(width: 12, height: 8, format: .gray8, filledWith: Pixel(red: 4, green: 4, blue: 4))
        let refused = [
            stack.add(image, x: 9, y: 0), stack.add(image, x: 0, y: 3), stack.add(image, x: -1, y: 0),
            stack.add(grey, x: 0, y: 0), stack.add(image, mask: image, x: 0, y: 0),
        ]
        #expect(!refused.contains(true) && stack.composed() == nil)
        let isTaken = stack.add(image, mask: grey, x: 8, y: 2)
        #expect(isTaken && stack.count == 1)
        #expect(LayerStack(width: .max, height: 2) == nil && LayerStack(width: 0, height: 2) == nil)
    }
}
