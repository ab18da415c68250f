import Learning

/// The format of NumPy's files (version 1.0): a header as a Python literal, then the numbers in row order.
enum NumPyFile {
    /// A matrix of 32-bit floats.
    static func bytes(_ values: [Float], columns: Int) -> [UInt8] {
        let rows = columns > 0 ? values.count / columns : 0
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows), \(columns)), }"
        // Magic, version, length and header together fill whole lines of 64 bytes.
        header += String(repeating: " ", count: (64 - (10 + header.utf8.count + 1) % 64) % 64) + "\n"
        let length = header.utf8.count
        let head: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8 & 0xFF)]
        return head + Array(header.utf8) + HostTensor(values, shape: [values.count]).bytes
    }
}

/// The nearest row of one set for every row of another.
enum NearestRows {
    static func of(_ asked: EmbeddedSet, in stored: EmbeddedSet) -> [Int] {
        (0..<asked.count).map { row in
            let query = asked.vector(row)
            var (best, place) = (-Float.infinity, 0)
            for other in 0..<stored.count {
                var sum: Float = 0
                for (left, right) in zip(query, stored.vector(other)) { sum += left * right }
                if sum > best { (best, place) = (sum, other) }
            }
            return place
        }
    }
}
