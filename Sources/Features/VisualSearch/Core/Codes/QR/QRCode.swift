internal import Foundation
public import Imaging

/// Reads QR codes of versions 1 to 10 in grey pictures (ISO/IEC 18004), turned and seen at an angle too.
///
/// Three squares are looked for, the grid is laid through their middles so that the patterns that all codes have fit
/// best, and what the modules say counts when its check bytes are right.
public struct QRCode: Sendable, Hashable {
    /// What it says.
    public let text: String
    /// How large it is, 1 to 10.
    public let version: Int

    private static let mostTriples = 6

    /// Reads the clearest code of a picture; nil when there is none.
    public static func read(_ picture: Image) -> QRCode? {
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
    public static func read(_ pixels: [UInt8], width: Int, height: Int, stride: Int? = nil) -> QRCode? {
        let stride = stride ?? width
        guard width >= 21, height >= 21, stride >= width else { return nil }
        let (before, isOver) = (height - 1).multipliedReportingOverflow(by: stride)
        guard !isOver, before <= pixels.count - width else { return nil }
        // Large codes need a wide look around, small ones in uneven light a narrow one.
        for reach in [0.15, 0.04] {
            let dark = DarkPlaces(pixels, width: width, height: height, stride: stride, reach: reach)
            for corners in QRFinders(dark).corners.prefix(mostTriples) {
                if let code = read(QRGrid(dark, corners)) { return code }
            }
        }
        return nil
    }

    private static func read(_ grid: QRGrid) -> QRCode? {
        for layout in grid.layouts {
            for modules in grid.modules(layout) {
                for side in [modules, modules.mirrored] {
                    guard let bytes = side?.bytes(), let text = QRText.read(bytes, version: layout.version) else {
                        continue
                    }
                    return QRCode(text: text, version: layout.version)
                }
            }
        }
        return nil
    }

    // MARK: What it leads to

    /// The digits under which catalogues know the thing: those that the code says, or those in a link of GS1 (GS1
    /// Digital Link URI Syntax: `/01/` and the number of the trade item, filled to 14 digits).
    var key: String? {
        if let key = Self.key(digits: text[...]) { return key }
        guard let start = text.range(of: "/01/")?.upperBound else { return nil }
        return Self.key(digits: text[start...].prefix { $0.isASCII && $0.isNumber })
    }

    private static func key(digits: Substring) -> String? {
        var digits = digits
        if digits.utf8.count == 14, digits.first == "0" { digits = digits.dropFirst() }
        guard Barcode1D.isValid(String(digits)) else { return nil }
        return digits.utf8.count == 12 ? "0" + digits : String(digits)
    }
}
