import Basics
import Testing

@testable import Messaging

@Suite("Linear regular expressions")
struct LinearRegexTests {
    @Test(
        "Patterns as registration files hold them",
        arguments: [
            ("@_irc_.*", "@_irc_ann:shop.example", true), ("@_irc_.*", "@irc_ann:shop.example", false),
            ("@_irc_.*", "x@_irc_", false), ("^@bot:shop\\.example$", "@bot:shop.example", true),
            ("^@bot:shop\\.example$", "@bot:shop_example", false),
            ("^@bot:shop\\.example$", "@bot:shop.example.org", false),
            ("@bot:shop\\.example", "@bot:shop.example.org", true), ("#tele_[0-9]+:.+", "#tele_42:b", true),
            ("#tele_[0-9]+:.+", "#tele_:b", false), ("@(a|bc|)_x", "@bc_x", true), ("@(a|bc|)_x", "@_x", true),
            ("@(?:a|b){2,3}$", "@aba", true), ("@(?:a|b){2,3}$", "@a", false), ("@(?:a|b){2,3}$", "@abab", false),
            ("[^a-c]\\d\\w?$", "x5_", true), ("[^a-c]\\d\\w?$", "b5", false), ("[]a]+$", "a]a", true),
            ("[\\w.=-]+:", "a.b-c=d:", true), ("a{0}b", "b", true), ("a+?b", "aab", true), ("", "anything", true),
            ("é.$", "é退", true), ("a|b|c$", "c", true), ("(a*)*b", "aab", true), ("[a-]+$", "-a", true),
        ])
    func matches(pattern: String, text: String, expected: Bool) throws {
        #expect(try LinearRegex(pattern).matches(text) == expected)
    }

    @Test(
        "What needs backtracking, or is no pattern, is refused",
        arguments: [
            "(a", "a)", "[a", "a\\", "*a", "a**", "a{2", "a{x}", "a{3,2}", "a{1001}", "a{99999999999999999999}",
            "(?=a)", "(?<x>a)",
            "(?i)a", "\\1", "(a)\\1", "\\b", "[z-a]", "[\\d-z\\", "[\\D]", "a++", String(repeating: "a", count: 1_025),
            String(repeating: "(", count: 40) + String(repeating: ")", count: 40), "((a{100}){100})", "(?",
        ])
    func refused(pattern: String) {
        #expect(throws: LinearRegexError.self) { try LinearRegex(pattern) }
    }

    @Test("A pattern made to backtrack takes linear time")
    func hostile() throws {
        let text = String(repeating: "a", count: 5_000)
        #expect(try !LinearRegex("(a+)+$").matches(text + "b"))
        #expect(try !LinearRegex("(a|a)*b").matches(text))
        #expect(try !LinearRegex("(.*)*(.*)*x").matches(text))
    }

    /// A tree of a random pattern with its text, and the set of ends it can reach by definition.
    private indirect enum Tree {
        case letter(Character)
        case any
        case choice(Tree, Tree)
        case pair(Tree, Tree)
        case star(Tree)
        case twoOrThree(Tree)
        case end

        static func random(depth: Int, _ random: inout SeededRandom) -> Tree {
            switch Int.random(in: 0..<(depth > 0 ? 9 : 4), using: &random) {
            case 0...1: .letter(Bool.random(using: &random) ? "a" : "b")
            case 2: .any
            case 3: depth > 0 ? .end : .letter("a")
            case 4: .choice(.random(depth: depth - 1, &random), .random(depth: depth - 1, &random))
            case 5...6: .pair(.random(depth: depth - 1, &random), .random(depth: depth - 1, &random))
            case 7: .star(.random(depth: depth - 1, &random))
            default: .twoOrThree(.random(depth: depth - 1, &random))
            }
        }

        var pattern: String {
            switch self {
            case .letter(let letter): String(letter)
            case .any: "."
            case .choice(let first, let second): "(\(first.pattern)|\(second.pattern))"
            case .pair(let first, let second): first.pattern + second.pattern
            case .star(let tree): "(\(tree.pattern))*"
            case .twoOrThree(let tree): "(\(tree.pattern)){2,3}"
            case .end: "$"
            }
        }

        func ends(in text: [Character], from start: Int) -> Set<Int> {
            switch self {
            case .letter(let letter): start < text.count && text[start] == letter ? [start + 1] : []
            case .any: start < text.count ? [start + 1] : []
            case .choice(let first, let second):
                first.ends(in: text, from: start).union(second.ends(in: text, from: start))
            case .pair(let first, let second):
                Set(first.ends(in: text, from: start).flatMap { second.ends(in: text, from: $0) })
            case .star(let tree): closure(tree, text, start)
            case .twoOrThree(let tree):
                Tree.pair(tree, tree).ends(in: text, from: start)
                    .union(Tree.pair(tree, .pair(tree, tree)).ends(in: text, from: start))
            case .end: start == text.count ? [start] : []
            }
        }

        private func closure(_ tree: Tree, _ text: [Character], _ start: Int) -> Set<Int> {
            var reached: Set<Int> = [start]
            var pending = [start]
            while let place = pending.popLast() {
                for end in tree.ends(in: text, from: place) where reached.insert(end).inserted { pending.append(end) }
            }
            return reached
        }
    }

    @Test("Random patterns match what their definition matches", arguments: UInt64(1)...20)
    func definition(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<150 {
            let tree = Tree.random(depth: 4, &random)
            let regex = try LinearRegex(tree.pattern)
            for _ in 0..<6 {
                let text = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                    Bool.random(using: &random) ? Character("a") : "b"
                }
                let expected = !tree.ends(in: text, from: 0).isEmpty
                #expect(regex.matches(String(text)) == expected, "seed \(seed): \(tree.pattern) on \(String(text))")
            }
        }
    }
}
