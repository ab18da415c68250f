package import Basics

/// A dot-separated path to a property of an event, as push rules and `event_fields` of filters write it.
///
/// `\.` is a dot inside a key and `\\` a backslash; any other backslash stands for itself.
package struct PropertyPath: Sendable, Hashable {
    package let keys: [String]

    package init(_ text: String) {
        var keys: [String] = []
        var key = String.UnicodeScalarView()
        var escaped = false
        for scalar in text.unicodeScalars {
            if escaped {
                if scalar != ".", scalar != "\\" { key.append("\\") }
                key.append(scalar)
                escaped = false
            } else if scalar == "\\" {
                escaped = true
            } else if scalar == "." {
                keys.append(String(key))
                key.removeAll()
            } else {
                key.append(scalar)
            }
        }
        if escaped { key.append("\\") }
        keys.append(String(key))
        self.keys = keys
    }

    /// The property, or nil when any part of the path is absent or not an object.
    ///
    /// - Parameter skipping: how many keys at the front lead to `object` already.
    package func value(in object: JSONObject, skipping: Int = 0) -> JSON? {
        let rest = keys.dropFirst(skipping)
        guard let first = rest.first, var found = object[first] else { return nil }
        for key in rest.dropFirst() {
            guard let next = found[key] else { return nil }
            found = next
        }
        return found
    }
}

extension JSONObject {
    /// Only the properties that the paths name, with the objects that lead to them.
    package func keeping(_ paths: [PropertyPath]) -> JSONObject {
        kept(paths.map { $0.keys[...] })
    }

    private func kept(_ paths: [ArraySlice<String>]) -> JSONObject {
        var result = JSONObject()
        for (key, value) in self {
            let rests = paths.filter { $0.first == key }.map { $0.dropFirst() }
            if rests.contains(where: \.isEmpty) {
                result[key] = value
            } else if !rests.isEmpty, let object = value.objectValue {
                let inner = object.kept(rests)
                if !inner.isEmpty { result[key] = .object(inner) }
            }
        }
        return result
    }
}
