import Basics
import Foundation
import VisualSearch

/// Data whose truth is known because it was made up.
struct Planted {
    var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// 0 up to but not 1.
    mutating func share() -> Double { Double(random.next() >> 11) / Double(1 << 53) }

    mutating func number(below limit: Int) -> Int { Int(random.next() % UInt64(limit)) }

    /// A number around 0 with deviation 1 (Box, Muller 1958).
    mutating func normal() -> Double {
        (-2 * log(1 - share())).squareRoot() * cos(2 * .pi * share())
    }

    /// A direction without preference.
    mutating func direction(_ dimension: Int) -> [Float] { (0..<dimension).map { _ in Float(normal()) } }

    /// A vector near to a direction: noise of the given length is added to the direction of length 1.
    mutating func near(_ centre: [Float], noise: Double) -> [Float] {
        let length = centre.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let spread = noise / Double(centre.count).squareRoot()
        return centre.map { $0 / length + Float(spread * normal()) }
    }

    mutating func shuffled<Element>(_ elements: [Element]) -> [Element] { elements.shuffled(using: &random) }
}
