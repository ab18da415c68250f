internal import Foundation
public import Imaging

/// Reads EAN-13, EAN-8 and UPC-A codes in grey pictures (ISO/IEC 15420).
///
/// Lines are laid over the picture at eight angles. Edges are where brightness changes most, told finer than pixels, so
/// that blur that fills narrow gaps does not hide them. Only lines over striped ground are looked at. A code counts when its digits, its parity and its check digit
/// are right on two lines at least, and on more lines than any other code.
public struct Barcode1D: Sendable, Hashable {
    /// The kinds of codes.
    public enum Symbology: String, Sendable, Hashable, CaseIterable {
        /// Thirteen digits.
        case ean13 = "EAN-13"
        /// Eight digits.
        case ean8 = "EAN-8"
        /// Twelve digits: an EAN-13 that begins with 0.
        case upcA = "UPC-A"
    }

    /// Which kind it is.
    public let symbology: Symbology
    /// All digits, the check digit too.
    public let digits: String

    /// The code of thirteen or eight digits under which catalogues know it.
    public var key: String { symbology == .upcA ? "0" + digits : digits }

    /// Whether digits of one of the kinds end with the right check digit.
    public static func isValid(_ digits: String) -> Bool {
        let values = digits.utf8.map { Int($0) - 48 }
        guard [8, 12, 13].contains(values.count), values.allSatisfy({ (0...9).contains($0) }) else { return false }
        return checkSum(values) == 0
    }

    /// Weights 3 and 1 in turn from the right; the check digit brings the sum to a multiple of ten.
    static func checkSum(_ digits: [Int]) -> Int {
        digits.reversed().enumerated().reduce(0) { $0 + $1.element * ($1.offset % 2 == 0 ? 1 : 3) } % 10
    }

    /// Reads the clearest code of a picture; nil when there is none.
    public static func read(_ picture: Image) -> Barcode1D? {
        let grey = picture.converted(to: .gray8)
        return read(grey.bytes, width: grey.width, height: grey.height, stride: grey.stride)
    }

    /// Reads the clearest code of a grey picture; nil when there is none, or the numbers do not fit the bytes.
    ///
    /// - Parameters:
    ///   - pixels: Rows of grey values, from above.
    ///   - width: Pixels a row.
    ///   - height: Rows.
    ///   - stride: Bytes from one row to the next; `width` where rows follow each other.
    public static func read(_ pixels: [UInt8], width: Int, height: Int, stride: Int? = nil) -> Barcode1D? {
        let stride = stride ?? width
        guard width >= 8, height >= 1, stride >= width else { return nil }
        let (before, isOver) = (height - 1).multipliedReportingOverflow(by: stride)
        guard !isOver, before <= pixels.count - width else { return nil }
        let cells = StripedCells(pixels, width: width, height: height, stride: stride)
        guard !cells.isEmpty else { return nil }
        let lines = angles.map { angle in
            GreyLine.lines(width: width, height: height, angle: angle).filter { cells.mayHold($0, angle: angle) }
        }
        let profiles = lines.lazy.map { lines in
            lines.lazy.map { $0.profile(pixels, width: width, height: height, stride: stride) }
        }
        return code(profiles, isBlurred: false) ?? code(profiles, isBlurred: true)
    }

    /// Votes of all lines, angle after angle.
    private static func code(_ angles: some Sequence<some Sequence<[Float]>>, isBlurred: Bool) -> Barcode1D? {
        var votes: [Barcode1D: Int] = [:]
        for lines in angles {
            for profile in lines {
                for code in Set(BarcodeLine(profile, isBlurred: isBlurred).codes) { votes[code, default: 0] += 1 }
                if let clear = votes.first(where: { $0.value >= clearVotes }), votes.count == 1 { return clear.key }
            }
            // The angles come in pairs; a code that was seen well enough need not be looked for at others.
            if let best = winner(votes) { return best }
        }
        return winner(votes)
    }

    /// Straight ones first: most people hold a code upright. Between two of them a code is still crossed by one line
    /// from end to end, since codes are wider than high by a half only.
    private static let angles: [Double] = [0, 90, 45, 135, 22.5, 112.5, 67.5, 157.5]
    private static let fewestVotes = 2
    private static let clearVotes = 4

    private static func winner(_ votes: [Barcode1D: Int]) -> Barcode1D? {
        let ranked = votes.sorted { ($0.value, $1.key.digits) > ($1.value, $0.key.digits) }
        guard let best = ranked.first, best.value >= fewestVotes else { return nil }
        return ranked.count > 1 && ranked[1].value == best.value ? nil : best.key
    }
}

/// A straight line over a picture along which brightness is read.
struct GreyLine {
    private let x: Double
    private let y: Double
    private let dx: Double
    private let dy: Double
    private let count: Int

    private static let parallels = 15
    private static let longest = 4096

    /// Parallel lines at an angle, from the middle outwards.
    static func lines(width: Int, height: Int, angle: Double) -> [GreyLine] {
        let (dx, dy) = (cos(angle * .pi / 180), sin(angle * .pi / 180))
        let (middleX, middleY) = (Double(width - 1) / 2, Double(height - 1) / 2)
        // How far the picture reaches along the line and across it.
        let along = abs(dx) * Double(width) + abs(dy) * Double(height)
        let across = abs(dy) * Double(width) + abs(dx) * Double(height)
        let step = max(1, along / Double(longest))
        let count = max(2, Int(along / step))
        let offsets = (0..<parallels).map { number -> Double in
            let place = (number + 1) / 2 * (number % 2 == 0 ? 1 : -1)
            return Double(place) * across / Double(parallels + 1)
        }
        let start = -Double(count - 1) / 2 * step
        return offsets.map { offset in
            GreyLine(
                x: middleX + start * dx - offset * dy, y: middleY + start * dy + offset * dx, dx: dx * step,
                dy: dy * step, count: count)
        }
    }

    /// Places along the line, a distance apart.
    func places(every distance: Double) -> [(x: Double, y: Double)] {
        let step = max(1, Int(distance / (dx * dx + dy * dy).squareRoot()))
        return Swift.stride(from: 0, to: count, by: step).map { (x + Double($0) * dx, y + Double($0) * dy) }
    }

    /// Brightness along the line where it is over the picture: the mean of three lines side by side, against noise.
    func profile(_ pixels: [UInt8], width: Int, height: Int, stride: Int) -> [Float] {
        let length = (dx * dx + dy * dy).squareRoot()
        let (sideX, sideY) = (-dy / length, dx / length)
        var values: [Float] = []
        values.reserveCapacity(count)
        pixels.withUnsafeBufferPointer { pixels in
            for step in 0..<count {
                let (atX, atY) = (x + Double(step) * dx, y + Double(step) * dy)
                guard atX >= 0, atY >= 0, atX <= Double(width - 1), atY <= Double(height - 1) else { continue }
                var sum: Float = 0
                for side in -1...1 {
                    sum += Self.sample(
                        pixels, atX + Double(side) * sideX, atY + Double(side) * sideY, width, height, stride)
                }
                values.append(sum / 3)
            }
        }
        return values
    }

    private static func sample(
        _ pixels: UnsafeBufferPointer<UInt8>, _ x: Double, _ y: Double, _ width: Int, _ height: Int, _ stride: Int
    ) -> Float {
        let (x, y) = (min(max(x, 0), Double(width - 1)), min(max(y, 0), Double(height - 1)))
        let (left, top) = (Int(x), Int(y))
        let (right, bottom) = (min(left + 1, width - 1), min(top + 1, height - 1))
        let (shareX, shareY) = (Float(x - Double(left)), Float(y - Double(top)))
        func row(_ y: Int) -> Float {
            let first = Float(pixels[y * stride + left])
            let second = Float(pixels[y * stride + right])
            return first + (second - first) * shareX
        }
        let (upper, lower) = (row(top), row(bottom))
        return upper + (lower - upper) * shareY
    }
}
