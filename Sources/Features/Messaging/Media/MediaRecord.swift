import Basics
package import Imaging
package import Storage

/// A stored file as its row describes it.
package struct MediaRecord: Sendable, Hashable {
    /// The id in its `mxc://` address.
    package let id: String
    /// The number of the user who uploaded it.
    package let userNumber: Int64
    /// The content.
    package let blob: StoredBlob
    /// The type that was declared on upload, else the one that was found.
    package let type: String
    /// What the first bytes are, as far as that is known.
    package let sniffed: ImageFormat?
    /// The file name that was given.
    package let name: String?
    /// When it was uploaded, in milliseconds since 1970.
    package let createdMilliseconds: Int64
    /// Width and height of a picture, upright.
    package let size: ImageSize?
}

/// The random part of an `mxc://` address.
package enum MediaIdentifier {
    /// 18 random bytes in the base64 alphabet for URLs: not derived from the content and not to be guessed.
    package static func make() -> String { Base64URL.encode(secureRandomBytes(18)) }

    /// Whether a text can be an id: the spec's alphabet, at most 255 characters.
    package static func isPossible(_ text: String) -> Bool {
        (1...255).contains(text.utf8.count) && text.utf8.allSatisfy(isIdentifierByte)
    }

    static func isIdentifierByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
