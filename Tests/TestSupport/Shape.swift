package import Basics

/// What a JSON value must look like, for replies whose shape a specification gives.
///
/// Members that a shape does not name are allowed, as the Matrix specification allows them.
package indirect enum Shape: Sendable {
    case string
    /// A string that begins with one of these characters and holds a colon, e.g. `@` for user ids.
    case identifier(Character)
    case int
    case bool
    case any
    case list(Shape)
    /// An object with any keys and values of one shape.
    case map(Shape)
    case object([String: Member])
    /// This very value.
    case exactly(JSON)
    case oneOf([Shape])

    /// A member of an object.
    package struct Member: Sendable {
        let shape: Shape
        let isRequired: Bool

        /// A member that must be there.
        package static func required(_ shape: Shape) -> Member { Member(shape: shape, isRequired: true) }
        /// A member that may be missing, and has this shape if it is there.
        package static func optional(_ shape: Shape) -> Member { Member(shape: shape, isRequired: false) }
    }

    /// What of a value is not of this shape; empty if all is.
    package func faults(in json: JSON?, at path: String = "$") -> [String] {
        guard let json else { return ["\(path) is missing"] }
        switch self {
        case .any: return []
        case .string: return json.stringValue == nil ? ["\(path) is no string"] : []
        case .int: return json.intValue == nil ? ["\(path) is no integer"] : []
        case .bool: return json.boolValue == nil ? ["\(path) is no truth value"] : []
        case .exactly(let wanted): return json == wanted ? [] : ["\(path) is \(json.text), not \(wanted.text)"]
        case .identifier(let sigil): return Self.faults(inIdentifier: json, sigil, at: path)
        case .list(let shape):
            guard let elements = json.arrayValue else { return ["\(path) is no list"] }
            return elements.enumerated().flatMap { shape.faults(in: $1, at: "\(path)[\($0)]") }
        case .map(let shape):
            guard let members = json.objectValue else { return ["\(path) is no object"] }
            return members.flatMap { shape.faults(in: $0.value, at: "\(path).\($0.key)") }
        case .object(let members): return Self.faults(inObject: json, members, at: path)
        case .oneOf(let shapes):
            let faults = shapes.map { $0.faults(in: json, at: path) }
            return faults.contains(where: \.isEmpty) ? [] : faults.flatMap { $0 }
        }
    }

    private static func faults(inIdentifier json: JSON, _ sigil: Character, at path: String) -> [String] {
        guard let text = json.stringValue else { return ["\(path) is no string"] }
        return text.first == sigil && text.contains(":") ? [] : ["\(path) is no \(sigil)…:… but \(text)"]
    }

    private static func faults(inObject json: JSON, _ members: [String: Member], at path: String) -> [String] {
        guard let object = json.objectValue else { return ["\(path) is no object"] }
        return members.sorted { $0.key < $1.key }.flatMap { name, member -> [String] in
            let value = object[name]
            if value == nil, !member.isRequired { return [] }
            return member.shape.faults(in: value, at: "\(path).\(name)")
        }
    }
}
