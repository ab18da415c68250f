/// What a site allows robots to ask for (RFC 9309).
public struct RobotsRules: Sendable, Hashable {
    private struct Rule: Sendable, Hashable {
        let allows: Bool
        let pattern: String
    }

    private var rules: [Rule] = []
    /// The pause that the site asks for between requests, in seconds.
    public private(set) var pauseSeconds: Double?
    /// Where the site says that its lists of pages are.
    public private(set) var siteMaps: [String] = []

    /// Longest file that is looked at, in bytes.
    public static let maximumBytes = 500 << 10

    /// Reads a robots.txt for a robot of a name; groups for all robots count when none names it.
    public init(_ text: String, robot: String) {
        var (own, all): (RobotsRules, RobotsRules) = (RobotsRules(), RobotsRules())
        var (names, isOpen, isNamed): ([String], Bool, Bool) = ([], false, false)
        for line in text.split(whereSeparator: \.isNewline) {
            let bare = line.prefix { $0 != "#" }
            guard let colon = bare.firstIndex(of: ":") else { continue }
            let key = ArticleText.oneLine(bare[..<colon]).lowercased()
            let value = ArticleText.oneLine(bare[bare.index(after: colon)...])
            if key == "user-agent" {
                if !isOpen { names = [] }
                isOpen = true
                names.append(value.lowercased())
                if names.contains(robot.lowercased()) { isNamed = true }
                continue
            }
            if key == "sitemap" {
                if siteMaps.count < 100 { siteMaps.append(value) }
                continue
            }
            isOpen = false
            if names.contains(robot.lowercased()) { own.take(key, value) }
            if names.contains("*") { all.take(key, value) }
        }
        let chosen = isNamed ? own : all
        (rules, pauseSeconds) = (chosen.rules, chosen.pauseSeconds)
    }

    private init() {}

    /// Rules that allow nothing: what holds while a site's own cannot be had.
    public static var closed: RobotsRules {
        var rules = RobotsRules()
        rules.rules = [Rule(allows: false, pattern: "/")]
        return rules
    }

    private mutating func take(_ key: String, _ value: String) {
        switch key {
        case "allow", "disallow":
            guard !value.isEmpty, rules.count < 5_000 else { return }
            rules.append(Rule(allows: key == "allow", pattern: value))
        case "crawl-delay":
            if let seconds = Double(value), seconds.isFinite, seconds >= 0 { pauseSeconds = min(seconds, 3_600) }
        default: break
        }
    }

    /// Whether a path with its query may be asked for: the longest rule that fits decides, and allows when two do.
    public func allows(_ path: String) -> Bool {
        let fitting = rules.filter { Self.fits(Array($0.pattern.utf8), Array(path.utf8)) }
        let best = fitting.max {
            ($0.pattern.utf8.count, $0.allows ? 1 : 0) < ($1.pattern.utf8.count, $1.allows ? 1 : 0)
        }
        return best?.allows ?? true
    }

    /// `*` stands for anything, `$` at the end for the end. Each star is tried once from its left-most place on, so no
    /// pattern costs more than its length times the path's.
    private static func fits(_ pattern: [UInt8], _ path: [UInt8]) -> Bool {
        let isWhole = pattern.last == UInt8(ascii: "$")
        let parts = (isWhole ? pattern.dropLast() : pattern[...]).split(
            separator: UInt8(ascii: "*"), omittingEmptySubsequences: false)
        var at = 0
        for (place, part) in parts.enumerated() {
            let isLast = place == parts.count - 1
            if isLast, isWhole, place > 0 {
                return path.count - at >= part.count && path.suffix(part.count).elementsEqual(part)
            }
            if place == 0 {
                guard path.starts(with: part) else { return false }
                at = part.count
                if isLast, isWhole { return path.count == at }
                continue
            }
            guard !part.isEmpty else { continue }
            guard let found = first(part, in: path, from: at) else { return false }
            at = found + part.count
        }
        return true
    }

    private static func first(_ part: ArraySlice<UInt8>, in path: [UInt8], from start: Int) -> Int? {
        guard path.count - start >= part.count else { return nil }
        return (start...path.count - part.count).first { path[$0..<$0 + part.count].elementsEqual(part) }
    }
}
