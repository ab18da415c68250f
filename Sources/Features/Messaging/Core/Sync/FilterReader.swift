import Basics

/// Reads the members of a filter and names the full path of one that has the wrong type; `null` counts as absent.
struct FilterReader {
    let object: JSONObject
    let path: String

    private func name(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    private func field<T>(_ key: String, _ kind: String, _ read: (JSON) -> T?) throws(RequestError) -> T? {
        guard let value = object[key], !value.isNull else { return nil }
        guard let result = read(value) else { throw .badJSON("`\(name(key))` of the filter must be \(kind).") }
        return result
    }

    func integer(_ key: String) throws(RequestError) -> Int64? { try field(key, "an integer", \.intValue) }

    func flag(_ key: String) throws(RequestError) -> Bool? { try field(key, "true or false", \.boolValue) }

    func word(_ key: String, of choices: [String]) throws(RequestError) -> String? {
        try field(key, "one of \(choices.joined(separator: ", "))") { value in
            value.stringValue.flatMap { choices.contains($0) ? $0 : nil }
        }
    }

    func strings(_ key: String) throws(RequestError) -> [String]? {
        try field(key, "a list of strings") { value in
            guard let elements = value.arrayValue else { return nil }
            let texts = elements.compactMap(\.stringValue)
            return texts.count == elements.count ? texts : nil
        }
    }

    /// A list of identifiers that begin with the given sign.
    func identifiers(_ key: String, sign: Character, kind: String) throws(RequestError) -> Set<String>? {
        guard let texts = try strings(key) else { return nil }
        guard texts.allSatisfy({ $0.first == sign && $0.contains(":") }) else {
            throw .badJSON("`\(name(key))` of the filter must be a list of \(kind)s.")
        }
        return Set(texts)
    }

    /// A nested object; nil when absent.
    func reader(_ key: String) throws(RequestError) -> FilterReader? {
        guard let inner = try field(key, "an object", \.objectValue) else { return nil }
        return FilterReader(object: inner, path: name(key))
    }
}
