import Foundation

/// A bar code as it may be photographed.
struct PrintedCode {
    var digits: String
    /// Pixels a module.
    var module = 2.5
    /// Degrees by which it is turned.
    var angle = 0.0
    /// Deviation of the blur in pixels.
    var blur = 0.0
    /// Deviation of the noise in grey levels.
    var noise = 0.0
    /// Modules by which ink makes each bar wider.
    var ink = 0.0
    var dark = 40.0
    var light = 210.0
    /// How much the light falls from one side to the other.
    var shade = 0.0

    struct Picture {
        let pixels: [UInt8]
        let width: Int
        let height: Int
    }

    /// The digits with their check digit.
    static func completed(_ digits: String) -> String {
        let sum = digits.reversed().enumerated().reduce(0) { sum, digit in
            sum + (digit.element.wholeNumberValue ?? 0) * (digit.offset.isMultiple(of: 2) ? 3 : 1)
        }
        return digits + String((10 - sum % 10) % 10)
    }

    /// Dark modules as 1, from the tables of the standard.
    private var bits: [Bool] {
        let setA = [
            "0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111",
            "0001011",
        ]
        let setC = setA.map { String($0.map { $0 == "0" ? "1" : "0" }) }
        let setB = setC.map { String($0.reversed()) }
        let parity = [
            "AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB", "ABBAAB", "ABBBAA", "ABABAB", "ABABBA", "ABBABA",
        ]
        var values = digits.compactMap(\.wholeNumberValue)
        if values.count == 12 { values.insert(0, at: 0) }
        let isLong = values.count == 13
        let sets = isLong ? Array(parity[values.removeFirst()]) : Array("AAAA")
        let half = sets.count
        let left = (0..<half).map { sets[$0] == "A" ? setA[values[$0]] : setB[values[$0]] }.joined()
        let right = values[half...].map { setC[$0] }.joined()
        return ("101" + left + "01010" + right + "101").map { $0 == "1" }
    }

    func photographed(seed: UInt64) -> Picture {
        let bits = bits
        let (long, high) = (Double(bits.count) * module, Double(bits.count) * module * 0.65)
        let (cosine, sine) = (cos(angle * .pi / 180), sin(angle * .pi / 180))
        let quiet = 10 * module
        let width = Int((long + 2 * quiet) * abs(cosine) + (high + quiet) * abs(sine)) + 8
        let height = Int((long + 2 * quiet) * abs(sine) + (high + quiet) * abs(cosine)) + 8
        var planted = Planted(seed: seed)
        var values = [Double](repeating: 0, count: width * height)
        for y in 0..<height {
            for x in 0..<width {
                var sum = 0.0
                for sub in 0..<4 {
                    let px = Double(x) - Double(width) / 2 + 0.125 + 0.25 * Double(sub)
                    let py = Double(y) - Double(height) / 2 + 0.125 + 0.25 * Double((sub * 2 + 1) % 4)
                    let along = (px * cosine + py * sine + long / 2) / module
                    let across = abs(py * cosine - px * sine)
                    sum += across <= high / 2 && isDark(bits, along) ? dark : light
                }
                values[y * width + x] = sum / 4 * (1 - shade * Double(x) / Double(width))
            }
        }
        if blur > 0 { values = blurred(values, width, height) }
        let pixels = values.map { UInt8(min(max($0 + (noise > 0 ? noise * planted.normal() : 0), 0), 255)) }
        return Picture(pixels: pixels, width: width, height: height)
    }

    private func isDark(_ bits: [Bool], _ along: Double) -> Bool {
        let at = Int(along.rounded(.down))
        let share = along - Double(at)
        func bit(_ at: Int) -> Bool { bits.indices.contains(at) && bits[at] }
        return bit(at) || (share < ink / 2 && bit(at - 1)) || (share > 1 - ink / 2 && bit(at + 1))
    }

    private func blurred(_ values: [Double], _ width: Int, _ height: Int) -> [Double] {
        let reach = Int((3 * blur).rounded(.up))
        let weights = (-reach...reach).map { exp(-Double($0 * $0) / (2 * blur * blur)) }
        let sum = weights.reduce(0, +)
        func pass(_ source: [Double], _ dx: Int, _ dy: Int) -> [Double] {
            var target = source
            for y in 0..<height {
                for x in 0..<width {
                    var total = 0.0
                    for (place, weight) in weights.enumerated() {
                        let sx = min(max(x + (place - reach) * dx, 0), width - 1)
                        let sy = min(max(y + (place - reach) * dy, 0), height - 1)
                        total += weight * source[sy * width + sx]
                    }
                    target[y * width + x] = total / sum
                }
            }
            return target
        }
        return pass(pass(values, 1, 0), 0, 1)
    }
}
