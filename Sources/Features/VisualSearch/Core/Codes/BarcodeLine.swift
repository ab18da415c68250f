/// One line's brightness as bars and spaces, and the codes that they spell.
struct BarcodeLine {
    /// Where brightness changes, in turns to dark and to light.
    struct Edge {
        var position: Float
        /// The change a step; below 0 towards dark.
        var slope: Float
    }

    /// The codes that can be read, from either end.
    let codes: [Barcode1D]

    /// - Parameter isBlurred: Whether bars may have run together, which takes longer to read.
    init(_ profile: [Float], isBlurred: Bool = false) {
        let edges = Self.edges(profile)
        guard !isBlurred else {
            codes = BlurredCode(profile).codes(edges)
            return
        }
        let end = Float(max(0, profile.count - 1))
        let forward = edges.map(\.position)
        let backward = edges.reversed().map { end - $0.position }
        let firstIsDark = edges.first.map { $0.slope < 0 } ?? false
        let lastIsLight = edges.last.map { $0.slope > 0 } ?? false
        codes =
            Self.codes(forward, from: firstIsDark ? 0 : 1, end: end)
            + Self.codes(backward, from: lastIsLight ? 0 : 1, end: end)
    }

    // MARK: Edges

    private static let leastSlope: Float = 2
    /// A change this small beside the greatest ones near it is noise.
    private static let leastShare: Float = 0.12
    private static let reach = 40

    /// The extremes of the slope, each of the other sign than the one before; of two of one sign the steeper.
    static func edges(_ profile: [Float]) -> [Edge] {
        guard profile.count > 4 else { return [] }
        var smooth = profile
        for at in 1..<profile.count - 1 { smooth[at] = (profile[at - 1] + 6 * profile[at] + profile[at + 1]) / 8 }
        let slopes = (1..<smooth.count).map { smooth[$0] - smooth[$0 - 1] }
        let limits = limits(slopes)
        var edges: [Edge] = []
        for at in 1..<slopes.count - 1 {
            let size = abs(slopes[at])
            guard size >= limits[at], size >= abs(slopes[at - 1]) || slopes[at - 1] * slopes[at] < 0,
                size > abs(slopes[at + 1]) || slopes[at + 1] * slopes[at] < 0
            else { continue }
            let edge = Edge(position: Float(at) + 0.5 + vertex(slopes, at), slope: slopes[at])
            if let last = edges.last, last.slope * edge.slope > 0 {
                if abs(last.slope) < size { edges[edges.count - 1] = edge }
            } else {
                edges.append(edge)
            }
        }
        return edges
    }

    /// Where a parabola through three slopes has its extreme, -0.5 to 0.5 from the middle one.
    private static func vertex(_ slopes: [Float], _ at: Int) -> Float {
        let (before, here, after) = (slopes[at - 1], slopes[at], slopes[at + 1])
        let bend = before - 2 * here + after
        return bend == 0 ? 0 : min(max((before - after) / (2 * bend), -0.5), 0.5)
    }

    /// The least slope of an edge at each place: a share of the greatest one around it.
    private static func limits(_ slopes: [Float]) -> [Float] {
        // Blocks of `reach` and their neighbours stand for the surroundings.
        let blocks = stride(from: 0, to: slopes.count, by: reach).map { start in
            slopes[start..<min(start + reach, slopes.count)].reduce(0) { max($0, abs($1)) }
        }
        return slopes.indices.map { at in
            let block = at / reach
            let greatest = blocks[max(0, block - 1)...min(blocks.count - 1, block + 1)].max() ?? 0
            return max(leastSlope, leastShare * greatest)
        }
    }

    // MARK: Codes

    /// Reads at every edge to dark, which are every second one.
    private static func codes(_ edges: [Float], from first: Int, end: Float) -> [Barcode1D] {
        stride(from: first, to: edges.count, by: 2).flatMap { start in
            [BarcodeShape.ean13, .ean8].compactMap { shape in
                guard start + shape.elements < edges.count, shape.mayBegin(edges, at: start) else { return nil }
                let widths = (0..<shape.elements).map { edges[start + $0 + 1] - edges[start + $0] }
                let before = start > 0 ? edges[start] - edges[start - 1] : edges[start]
                let last = start + shape.elements
                let after = last + 1 < edges.count ? edges[last + 1] - edges[last] : end - edges[last]
                return shape.read(widths, quiet: min(before, after))
            }
        }
    }
}

/// The layout of a kind of code: guards at both ends and in the middle, digits of seven modules between.
struct BarcodeShape {
    /// Digits on each side of the middle.
    let digits: Int

    static let ean13 = BarcodeShape(digits: 6)
    static let ean8 = BarcodeShape(digits: 4)

    /// Bars and spaces: three a guard, five in the middle, four a digit.
    var elements: Int { 11 + 8 * digits }
    /// Modules: one for each element of a guard, seven a digit.
    var modules: Int { 11 + 14 * digits }

    /// Modules of each element of the digits 0 to 9 with an odd number of dark ones on the left side (set A); read
    /// backwards they are those with an even number (set B). The right side has the widths of set A.
    static let patterns: [[Float]] = [
        [3, 2, 1, 1], [2, 2, 2, 1], [2, 1, 2, 2], [1, 4, 1, 1], [1, 1, 3, 2], [1, 2, 3, 1], [1, 1, 1, 4],
        [1, 3, 1, 2], [1, 2, 1, 3], [3, 1, 1, 2],
    ]
    /// Which of the left digits are of set B, by the first digit of thirteen.
    private static let parities: [[Bool]] = [
        "AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB", "ABBAAB", "ABBBAA", "ABABAB", "ABABBA", "ABBABA",
    ].map { $0.map { $0 == "B" } }

    private static let guardWidths: ClosedRange<Float> = 0.4...1.7
    private static let quietModules: Float = 3
    /// Largest sum of squared differences, in modules, of a digit.
    private static let leastFit: Float = 1.2

    /// Whether the first guard looks like one, which is cheap to see and mostly not so.
    func mayBegin(_ edges: [Float], at start: Int) -> Bool {
        let module = (edges[start + elements] - edges[start]) / Float(modules)
        return (0..<3).allSatisfy {
            Self.guardWidths.contains((edges[start + $0 + 1] - edges[start + $0]) / module)
        }
    }

    /// The code whose elements have these widths; nil when they are none. `quiet` is the narrower of the spaces around.
    func read(_ widths: [Float], quiet: Float) -> Barcode1D? {
        let module = widths.reduce(0, +) / Float(modules)
        guard module > 0.5, quiet >= Self.quietModules * module else { return nil }
        let middle = 3 + 4 * digits
        let guards = Array(0..<3) + Array(middle..<middle + 5) + Array(elements - 3..<elements)
        guard guards.allSatisfy({ Self.guardWidths.contains(widths[$0] / module) }) else { return nil }
        // Ink and light make all bars wider or narrower by the same: the guards, all of one module, tell by how much.
        let bars = guards.filter { $0 % 2 == 0 }.map { widths[$0] }
        let spaces = guards.filter { $0 % 2 == 1 }.map { widths[$0] }
        let spread = (bars.reduce(0, +) / Float(bars.count) - spaces.reduce(0, +) / Float(spaces.count)) / 2
        let even = widths.enumerated().map { $0.offset % 2 == 0 ? $0.element - spread : $0.element + spread }
        let left = (0..<digits).map { Self.digit(even[(3 + 4 * $0)..<(7 + 4 * $0)]) }
        let right = (0..<digits).map { Self.digit(even[(middle + 5 + 4 * $0)..<(middle + 9 + 4 * $0)]) }
        return code(left.compactMap { $0 }, right.compactMap { $0 })
    }

    private static func digit(_ widths: ArraySlice<Float>) -> (value: Int, isB: Bool)? {
        let sum = widths.reduce(0, +)
        guard sum > 0 else { return nil }
        let modules = widths.map { $0 * 7 / sum }
        var best: (value: Int, isB: Bool, fit: Float)?
        for (value, pattern) in patterns.enumerated() {
            for isB in [false, true] {
                let wanted = isB ? pattern.reversed() : pattern
                let fit = zip(modules, wanted).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                if fit < best?.fit ?? leastFit { best = (value, isB, fit) }
            }
        }
        return best.map { ($0.value, $0.isB) }
    }

    func code(_ left: [(value: Int, isB: Bool)], _ right: [(value: Int, isB: Bool)]) -> Barcode1D? {
        guard left.count == digits, right.count == digits, !right.contains(where: \.isB) else { return nil }
        var values = left.map(\.value) + right.map(\.value)
        if digits == 6 {
            guard let first = Self.parities.firstIndex(of: left.map(\.isB)) else { return nil }
            values.insert(first, at: 0)
        } else if left.contains(where: \.isB) {
            return nil
        }
        guard Barcode1D.checkSum(values) == 0 else { return nil }
        if digits == 6 && values[0] == 0 {
            return Barcode1D(symbology: .upcA, digits: values.dropFirst().map(String.init).joined())
        }
        return Barcode1D(symbology: digits == 6 ? .ean13 : .ean8, digits: values.map(String.init).joined())
    }
}
