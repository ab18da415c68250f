package import Basics

/// What a card shows and asks: a subset of the Adaptive Cards format, with limits.
///
/// An element of an unknown type is replaced by its `fallback` or left out. Texts are texts, never HTML; numbers are whole.
package struct CardLayout: Sendable, Hashable {
    /// A question of the card.
    package struct Input: Sendable, Hashable {
        package enum Kind: Sendable, Hashable {
            case text(maximumLength: Int)
            case number(ClosedRange<Int64>)
            case date, time, toggle
            case choice([String])
        }
        package var id: String
        package var kind: Kind
        package var isRequired: Bool
    }

    /// The layout without what is not understood.
    package private(set) var body: [JSON] = []
    package private(set) var actions: [JSON] = []
    package private(set) var inputs: [Input] = []
    /// What can be pressed.
    package private(set) var verbs: Set<String> = []
    private var count = 0

    package static let largest = 16_384
    package static let deepest = 8
    package static let mostElements = 40

    /// Reads a layout.
    ///
    /// - Throws: `RequestError` 422 for one beyond the limits or with a faulty input.
    package init(_ layout: JSONObject) throws(RequestError) {
        guard JSON.object(layout).canonical().count <= Self.largest else {
            throw .tooLarge("A card holds at most 16 KiB.")
        }
        guard !Self.holdsFraction(.object(layout), depth: 0) else { throw Self.refusal("numbers of a card are whole.") }
        body = try elements(layout["body"]?.arrayValue ?? [], depth: 1)
        for action in layout["actions"]?.arrayValue ?? [] {
            guard let kept = try read(action: action) else { continue }
            actions.append(kept)
        }
        guard Set(inputs.map(\.id)).count == inputs.count else { throw Self.refusal("two inputs have one id.") }
    }

    /// The layout as it is stored and sent.
    package var json: JSON {
        ["type": "AdaptiveCard", "version": "1.5", "body": .array(body), "actions": .array(actions)]
    }

    private static func refusal(_ what: String) -> RequestError {
        RequestError(status: 422, code: "M_INVALID_PARAM", message: "The card cannot be shown: \(what)")
    }

    private static func holdsFraction(_ value: JSON, depth: Int) -> Bool {
        guard depth < 64 else { return true }
        switch value {
        case .double: return true
        case .array(let values): return values.contains { holdsFraction($0, depth: depth + 1) }
        case .object(let object): return object.contains { holdsFraction($0.value, depth: depth + 1) }
        default: return false
        }
    }

    // MARK: Elements

    private mutating func elements(_ list: [JSON], depth: Int) throws(RequestError) -> [JSON] {
        guard depth <= Self.deepest else { throw Self.refusal("elements lie more than eight deep.") }
        var kept: [JSON] = []
        for element in list {
            guard
                let read = try element.objectValue.map({ object throws(RequestError) in
                    try self.element(object, depth: depth)
                }) ?? nil
            else { continue }
            kept.append(read)
        }
        return kept
    }

    private mutating func element(_ object: JSONObject, depth: Int) throws(RequestError) -> JSON? {
        count += 1
        guard count <= Self.mostElements else { throw Self.refusal("it has more than forty elements.") }
        var kept = object
        switch object["type"]?.stringValue {
        case "TextBlock", "FactSet": return .object(object)
        case "Image":
            guard object["url"]?.stringValue?.hasPrefix("mxc://") == true else { return nil }
            return .object(object)
        case "Container":
            kept["items"] = .array(try elements(object["items"]?.arrayValue ?? [], depth: depth + 1))
            return .object(kept)
        case "ColumnSet":
            var columns: [JSON] = []
            for column in object["columns"]?.arrayValue ?? [] {
                guard var content = column.objectValue else { continue }
                content["items"] = .array(try elements(content["items"]?.arrayValue ?? [], depth: depth + 1))
                columns.append(.object(content))
            }
            kept["columns"] = .array(columns)
            return .object(kept)
        case .some(let type) where type.hasPrefix("Input."):
            guard let input = try Input(object) else { break }
            inputs.append(input)
            return .object(object)
        default: break
        }
        guard let fallback = object["fallback"]?.objectValue else { return nil }
        guard depth < Self.deepest else { throw Self.refusal("elements lie more than eight deep.") }
        return try element(fallback, depth: depth + 1)
    }

    private mutating func read(action: JSON) throws(RequestError) -> JSON? {
        count += 1
        guard count <= Self.mostElements else { throw Self.refusal("it has more than forty elements.") }
        switch action["type"]?.stringValue {
        case "Action.Execute":
            guard let verb = action["verb"]?.stringValue, !verb.isEmpty, verb.utf8.count <= 64 else {
                throw Self.refusal("an action has no verb.")
            }
            verbs.insert(verb)
            return action
        case "Action.OpenUrl":
            return action["url"]?.stringValue?.hasPrefix("https://") == true ? action : nil
        default: return nil
        }
    }
}

extension CardLayout.Input {
    /// Reads an input; nil for a type that is not understood.
    init?(_ object: JSONObject) throws(RequestError) {
        guard let id = object["id"]?.stringValue, !id.isEmpty, id.utf8.count <= 64 else {
            throw RequestError(
                status: 422, code: "M_INVALID_PARAM", message: "The card cannot be shown: an input has no id.")
        }
        switch object["type"]?.stringValue {
        case "Input.Text":
            kind = .text(maximumLength: Int(min(4_000, max(1, object["maxLength"]?.intValue ?? 1_000))))
        case "Input.Number":
            let least = object["min"]?.intValue ?? -JSON.maximumInteger
            let most = object["max"]?.intValue ?? JSON.maximumInteger
            kind = .number(least...max(least, most))
        case "Input.Date": kind = .date
        case "Input.Time": kind = .time
        case "Input.Toggle": kind = .toggle
        case "Input.ChoiceSet":
            kind = .choice((object["choices"]?.arrayValue ?? []).compactMap { $0["value"]?.stringValue })
        default: return nil
        }
        self.id = id
        isRequired = object["isRequired"]?.boolValue ?? false
    }
}
