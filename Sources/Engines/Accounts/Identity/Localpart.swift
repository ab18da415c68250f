internal import Basics

/// The part of a user id before the server name: what may be created, and the forms that the server makes itself.
public enum Localpart {
    /// Prefixes that only the server gives out: visitors, staff, robots, guests.
    public static let reservedPrefixes = ["v.", "s.", "r.", "g."]

    /// Whether a new account may have this localpart (`a-z`, `0-9`, `.`, `_`, `=`, `-`, `/`, `+`).
    public static func isValid(_ text: String, serverName: String) -> Bool {
        guard !text.isEmpty, text.utf8.allSatisfy(isAllowed) else { return false }
        return text.utf8.count + serverName.utf8.count + 2 <= UserIdentifier.maximumLength
    }

    /// Whether a person may choose this localpart: neither a prefix of ours, nor that of a shop's own account, nor `_`, nor
    /// digits alone.
    public static func isChoosable(_ text: String) -> Bool {
        guard !text.hasPrefix("_"), !reservedPrefixes.contains(where: text.hasPrefix), !isShops(text) else {
            return false
        }
        return !text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// Whether a localpart is that of a shop's own account: `shop`, or `shop-` and a number.
    public static func isShops(_ text: String) -> Bool {
        guard text.hasPrefix("shop-") else { return text == "shop" }
        let number = text.utf8.dropFirst(5)
        return !number.isEmpty && number.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// ASCII capitals as small letters; everything else as it is.
    public static func lowercased(_ text: String) -> String {
        let capitals = UInt8(ascii: "A")...UInt8(ascii: "Z")
        return String(decoding: text.utf8.map { capitals.contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// A fresh localpart that tells nothing about its owner: `v.` and 16 characters for visitors, `s.` and 10 for staff.
    public static func generated(for kind: UserKind) -> String {
        switch kind {
        case .visitor: "v." + Base32.encode(secureRandomBytes(10))
        case .staff: "s." + String(Base32.encode(secureRandomBytes(7)).prefix(10))
        case .robot: "r." + Base32.encode(secureRandomBytes(10))
        case .guest: "g." + Base32.encode(secureRandomBytes(10))
        case .member: "u" + Base32.encode(secureRandomBytes(10))
        }
    }

    /// Whether a localpart of staff has the form that ``generated(for:)`` gives it.
    public static func saysNothing(_ text: String) -> Bool {
        text.hasPrefix("s.") && text.utf8.count == 12
            && text.utf8.dropFirst(2).allSatisfy { isAllowed($0) && $0 != UInt8(ascii: ".") }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "="): true
        case UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "+"): true
        default: false
        }
    }
}
