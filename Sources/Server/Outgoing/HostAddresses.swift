import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The addresses of a host, asked of the system's resolver on a thread that may block.
enum HostAddresses {
    static func resolve(_ host: String) async throws -> [ClientAddress] {
        if let literal = ClientAddress(host) { return [literal] }
        return try await NIOThreadPool.singleton.runIfActive { look(up: host) }
    }

    private static func look(up host: String) -> [ClientAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { if let list { freeaddrinfo(list) } }
        var found: [ClientAddress] = []
        var next = list
        while let entry = next {
            if let address = text(of: entry.pointee).flatMap({ ClientAddress($0) }) { found.append(address) }
            next = entry.pointee.ai_next
        }
        return found
    }

    private static func text(of entry: addrinfo) -> String? {
        var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let result = getnameinfo(
            entry.ai_addr, entry.ai_addrlen, &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST)
        guard result == 0 else { return nil }
        let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
