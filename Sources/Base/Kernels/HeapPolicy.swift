internal import CKernels

/// What a program may say about its memory.
package enum HeapPolicy {
    /// Memory that was given back stays with the program for what comes next, instead of going to the system and coming back
    /// as fresh pages: for programs that make and drop planes of pixels or tensors again and again.
    ///
    /// - Parameter bytes: how much may be kept.
    /// - Returns: whether the C library can be told so (GNU libc).
    @discardableResult
    package static func keep(upTo bytes: Int32 = 1 << 28) -> Bool { vk_keep_heap(bytes) == 1 }

    /// The next `bytes` of memory come in pages of 2 MiB as they are needed, where the system has such pages to give: fewer
    /// faults, up to one such page more. All threads share one heap from then on; to be called after ``keep(upTo:)``.
    ///
    /// - Parameter bytes: At most 1 GiB; a multiple of 16 MiB.
    /// - Returns: Whether the system could be told so (Linux, GNU libc).
    @discardableResult
    package static func takesLargePages(_ bytes: Int) -> Bool { vk_large_pages(max(0, bytes)) == 1 }
}
