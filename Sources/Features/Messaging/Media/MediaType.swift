package import Imaging

/// Media types as they travel in headers.
package enum MediaType {
    /// What is said of content whose type nobody told.
    package static let unknown = "application/octet-stream"

    /// Types that a browser may show in place (Matrix client-server API, content repository, "Serving inline content").
    ///
    /// None of them can carry a script; HTML, SVG and PDF are not among them.
    package static let inline: Set<String> = [
        "text/css", "text/plain", "text/csv", "application/json", "application/ld+json", "image/jpeg", "image/gif",
        "image/png", "image/apng", "image/webp", "image/avif", "video/mp4", "video/webm", "video/ogg",
        "video/quicktime", "audio/mp4", "audio/webm", "audio/aac", "audio/mpeg", "audio/ogg", "audio/wave",
        "audio/wav", "audio/x-wav", "audio/x-pn-wav", "audio/flac", "audio/x-flac",
    ]

    /// Whether content of a declared type may be shown in place.
    ///
    /// The declared type decides what a browser does with the bytes; the bytes can only forbid: what looks like HTML or
    /// SVG is never shown, whatever it was declared as.
    package static func mayBeInline(_ type: String, sniffed: ImageFormat?) -> Bool {
        inline.contains(essence(type)) && sniffed?.mayCarryScript != true
    }

    /// The type without its parameters, in lower case.
    package static func essence(_ type: String) -> String {
        let bare = type.prefix { $0 != ";" }.drop(while: isBlank)
        return String(bare.prefix(bare.count - bare.reversed().prefix(while: isBlank).count)).lowercased()
    }

    private static func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }

    /// The declared type if it has the form of one and can stand in a header, else nil.
    package static func accepted(_ declared: String?) -> String? {
        guard let declared, (3...255).contains(declared.utf8.count),
            declared.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else { return nil }
        let parts = essence(declared).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isTokenByte) }) else { return nil }
        return declared
    }

    /// RFC 9110, section 5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
