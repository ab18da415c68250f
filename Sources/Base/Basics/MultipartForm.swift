/// The parts of a `multipart/form-data` body (RFC 7578), as slices of the bytes that came.
public struct MultipartForm: Sendable {
    /// One part.
    public struct Part: Sendable {
        /// The name of the field.
        public let name: String
        /// The name of the file, as the sender calls it; nil for a plain field.
        public let fileName: String?
        /// What the sender says it is, in lower case and without parameters.
        public let contentType: String?
        /// The content.
        public let content: ArraySlice<UInt8>

        /// The content as text; nil when it is no UTF-8.
        public var text: String? { String(validating: content, as: UTF8.self) }
    }

    /// The parts, in their order.
    public let parts: [Part]

    /// Reads a body.
    ///
    /// - Parameters:
    ///   - contentType: the `Content-Type` header, which names the boundary.
    ///   - maximumParts: more are refused.
    /// - Throws: ``RequestError`` 400 that says what is wrong with the form.
    public init(_ body: [UInt8], contentType: String, maximumParts: Int = 32) throws(RequestError) {
        guard let mark = MultipartSyntax.mark(contentType) else {
            throw .invalidParam("The content type of the form names no boundary.")
        }
        let line: [UInt8] = [13, 10]
        // The first mark may stand at the very beginning; every other one follows a line break.
        guard
            var at = body.starts(with: mark) ? 0 : MultipartSyntax.find(line + mark, in: body, from: 0).map({ $0 + 2 })
        else {
            throw .invalidParam("The body holds none of the boundaries that its content type names.")
        }
        var parts: [Part] = []
        while true {
            at += mark.count
            let rest = body[at...]
            if rest.starts(with: [45, 45]) { break }
            guard let start = MultipartSyntax.afterLine(rest),
                let end = MultipartSyntax.find(line + mark, in: body, from: start - 2)
            else {
                throw .invalidParam("The form ends in the middle of a part.")
            }
            guard parts.count < maximumParts else {
                throw .invalidParam("A form may have at most \(maximumParts) parts here.")
            }
            let header = try MultipartSyntax.Header(body[min(start, end)..<end])
            parts.append(
                Part(
                    name: header.name, fileName: header.fileName, contentType: header.contentType,
                    content: body[header.end..<end]))
            at = end + 2
        }
        self.parts = parts
    }

    /// The first part of a name.
    public subscript(name: String) -> Part? { parts.first { $0.name == name } }

    /// All parts of a name, in their order.
    public func all(_ name: String) -> [Part] { parts.filter { $0.name == name } }
}
