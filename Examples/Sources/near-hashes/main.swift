// The hot loops by hand: distances of vectors, and hashes that differ in few bits.
//   swift run --package-path Examples near-hashes
import Kernels

let left: [Float] = [1, 2, 3, 4]
let right: [Float] = [2, 1, 4, 3]
print("dot", dotProduct(left.span, right.span))
print("squared distance", squaredDistance(left.span, right.span))
print("cosine", cosineSimilarity(left.span, right.span))

let list: [UInt64] = [0b1010, 0b1011, 0b0101, 0b1111_0000]
for match in hashes(within: 2, of: 0b1010, in: list.span) {
    print("hash \(match.index) differs in \(match.distance) bits")
}

// The same in every variant that this processor runs.
for variant in KernelVariant.supported {
    print(variant, dotProduct(left.span, right.span, variant: variant))
}
