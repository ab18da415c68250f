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
}
