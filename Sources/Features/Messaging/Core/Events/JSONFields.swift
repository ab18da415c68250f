package import Basics

/// Typed members of a request body: absent and `null` give `nil`, a wrong type is an error that names the member.
extension JSONObject {
    private func field<T>(_ key: String, _ kind: String, _ read: (JSON) -> T?) throws(RequestError) -> T? {
        guard let value = self[key], !value.isNull else { return nil }
        guard let result = read(value) else { throw .badJSON("'\(key)' must be \(kind).") }
        return result
    }

    package func string(_ key: String) throws(RequestError) -> String? { try field(key, "a string", \.stringValue) }
    package func int(_ key: String) throws(RequestError) -> Int64? { try field(key, "an integer", \.intValue) }
    package func bool(_ key: String) throws(RequestError) -> Bool? { try field(key, "true or false", \.boolValue) }
    package func array(_ key: String) throws(RequestError) -> [JSON]? { try field(key, "a list", \.arrayValue) }
    package func object(_ key: String) throws(RequestError) -> JSONObject? {
        try field(key, "an object", \.objectValue)
    }

    /// A member that must be there.
    package func required<T>(_ key: String, _ value: T?) throws(RequestError) -> T {
        guard let value else { throw .missingParam("'\(key)' is missing.") }
        return value
    }
}
