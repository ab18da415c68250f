/// The members of a JSON object: unique keys in the order in which they came.
///
/// Keys are the same when their bytes are: `é` as one code point and as two are two keys, though they are equal as
/// Swift's strings.
///
/// Look-up walks the members of a small object and uses an index for a large one, so that an object of 100,000 keys
/// sent by a stranger costs no more than linear time.
public struct JSONObject: Sendable {
    private var members: [(key: String, value: JSON)] = []
    private var index: [ByteKey: Int]?
    private static let indexedFrom = 17

    /// An empty object.
    public init() {}

    /// How many members there are.
    public var count: Int { members.count }
    /// Whether there is no member.
    public var isEmpty: Bool { members.isEmpty }
    /// The keys in order.
    public var keys: [String] { members.map(\.key) }

    /// The value under a key; setting `nil` removes the member.
    public subscript(key: String) -> JSON? {
        get { position(of: key).map { members[$0].value } }
        set {
            switch (position(of: key), newValue) {
            case (let at?, let value?): members[at].value = value
            case (let at?, nil): remove(at: at)
            case (nil, let value?): _ = append(key, value, known: true)
            case (nil, nil): break
            }
        }
    }

    /// Adds a member and tells whether the key was new; an existing member stays as it is.
    mutating func append(_ key: String, _ value: JSON, known absent: Bool = false) -> Bool {
        if !absent, position(of: key) != nil { return false }
        members.append((key, value))
        if index != nil {
            index?[ByteKey(text: key)] = members.count - 1
        } else if members.count >= Self.indexedFrom {
            rebuildIndex()
        }
        return true
    }

    private func position(of key: String) -> Int? {
        if let index { return index[ByteKey(text: key)] }
        return members.firstIndex { ByteKey.isSame($0.key, key) }
    }

    private mutating func remove(at position: Int) {
        members.remove(at: position)
        index = nil
        if members.count >= Self.indexedFrom { rebuildIndex() }
    }

    private mutating func rebuildIndex() {
        index = Dictionary(
            members.enumerated().map { (ByteKey(text: $1.key), $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// A key by its bytes. Texts of the same bytes are equal as strings, so the string's hash serves.
    private struct ByteKey: Hashable {
        let text: String

        static func == (left: ByteKey, right: ByteKey) -> Bool { isSame(left.text, right.text) }
        func hash(into hasher: inout Hasher) { hasher.combine(text) }

        static func isSame(_ left: String, _ right: String) -> Bool {
            left == right && left.utf8.elementsEqual(right.utf8)
        }
    }
}

extension JSONObject: Sequence {
    /// The members in order.
    public func makeIterator() -> IndexingIterator<[(key: String, value: JSON)]> { members.makeIterator() }
}

extension JSONObject: Hashable {
    /// Whether both hold the same members, in any order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.allSatisfy { right[$0.key] == $0.value }
    }

    /// Mixes the members in, whatever their order.
    public func hash(into hasher: inout Hasher) {
        var sum = 0
        for member in members {
            var one = Hasher()
            one.combine(member.key)
            one.combine(member.value)
            sum = sum &+ one.finalize()
        }
        hasher.combine(sum)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// The given members; of two equal keys the last one wins.
    public init(dictionaryLiteral elements: (String, JSON)...) {
        self.init()
        for (key, value) in elements { self[key] = value }
    }
}
