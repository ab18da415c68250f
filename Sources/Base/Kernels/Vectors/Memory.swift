import Foundation

/// A run of bytes that is allocated once or mapped from a file, and given back with its last owner.
///
/// It is unchecked because the compiler cannot see what pointers are written when: who allocates memory writes it before
/// anybody else gets to know it, or writes rows that nobody reads before they are published.
package final class Memory: @unchecked Sendable {
    /// The first byte, on the boundary of a cache line.
    package let base: UnsafeMutableRawPointer
    /// How many bytes there are.
    package let byteCount: Int
    private let isMapped: Bool

    private init(base: UnsafeMutableRawPointer, byteCount: Int, isMapped: Bool) {
        self.base = base
        self.byteCount = byteCount
        self.isMapped = isMapped
    }

    deinit {
        if isMapped {
            munmap(base, byteCount)
        } else {
            base.deallocate()
        }
    }

    /// Zeroed memory. Pages that are never written cost nothing.
    package static func allocate(_ byteCount: Int) -> Memory {
        let count = max(64, (byteCount + 63) & ~63)
        let base = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 4096)
        memset(base, 0, count)
        return Memory(base: base, byteCount: count, isMapped: false)
    }

    /// The same bytes, as many and no more.
    package static func copy(_ bytes: [UInt8]) -> Memory {
        let base = UnsafeMutableRawPointer.allocate(byteCount: max(1, bytes.count), alignment: 4096)
        bytes.withUnsafeBytes { base.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(base), byteCount: $0.count) }
        return Memory(base: base, byteCount: bytes.count, isMapped: false)
    }

    /// A file's bytes, for reading only; nil with `errno` when it cannot be mapped or is empty.
    package static func map(_ path: String) -> Memory? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_size > 0 else { return nil }
        let count = Int(status.st_size)
        guard let base = mmap(nil, count, PROT_READ, MAP_SHARED, file, 0), base != MAP_FAILED else { return nil }
        return Memory(base: base, byteCount: count, isMapped: true)
    }

    /// Lets the system take a range of a mapped file out of memory; it comes back page by page where it is read.
    func letGo(_ range: Range<Int>) {
        guard isMapped else { return }
        let page = 4096
        let (first, end) = ((range.lowerBound + page - 1) / page * page, range.upperBound / page * page)
        guard first < end, end <= byteCount else { return }
        madvise(base + first, end - first, MADV_DONTNEED)
        madvise(base + first, end - first, MADV_RANDOM)
    }

    /// The bytes of a range that lies inside.
    package func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "outside of the memory")
        return UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
    }
}

/// Values of one type that lie one after the other in memory which the column keeps alive.
package struct Column<Element: BitwiseCopyable>: @unchecked Sendable {
    /// What keeps the values alive.
    package let memory: Memory
    /// The first value.
    package let start: UnsafeMutablePointer<Element>
    /// How many values there are.
    package let count: Int

    /// Zeroed values.
    package init(count: Int) {
        self.init(memory: .allocate(count * MemoryLayout<Element>.stride), offset: 0, count: count)
    }

    /// Values inside memory; `offset` is in bytes and must suit the type.
    package init(memory: Memory, offset: Int, count: Int) {
        let bytes = memory.bytes(offset..<offset + count * MemoryLayout<Element>.stride)
        precondition(offset % MemoryLayout<Element>.alignment == 0, "a column that is not aligned")
        self.memory = memory
        self.count = count
        self.start = UnsafeMutableRawPointer(mutating: bytes.baseAddress ?? UnsafeRawPointer(memory.base))
            .assumingMemoryBound(to: Element.self)
    }

    /// One value.
    package subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < count, "outside of the column")
            return start[index]
        }
        nonmutating set {
            precondition(index >= 0 && index < count, "outside of the column")
            start[index] = newValue
        }
    }

    /// The values as bytes.
    package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: byteCount) }

    /// Lets the system take the values out of memory until they are read again, if they are mapped from a file.
    package func letGo() {
        let first = UnsafeRawPointer(start) - UnsafeRawPointer(memory.base)
        memory.letGo(first..<first + byteCount)
    }

    /// Their length in bytes.
    package var byteCount: Int { count * MemoryLayout<Element>.stride }
}
