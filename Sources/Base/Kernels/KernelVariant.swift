internal import CKernels
import Foundation

/// Which bodies of a kernel run: plain C, or those for wider registers.
///
/// Every kernel takes one and has ``best`` as its default. All variants give the same whole numbers; sums of floats
/// differ in their last bits, because they add in another order.
public enum KernelVariant: Int32, CaseIterable, Comparable, Sendable {
    /// Plain C, on every processor: the reference.
    case plain = 0
    /// AVX2, FMA and F16C.
    case avx2 = 1
    /// AVX-512 with VNNI and VPOPCNTDQ (Ice Lake, Zen 4 and newer).
    case avx512 = 2

    /// The widest variant of this processor; `VITRINE_KERNELS=plain` or `avx2` in the environment takes a narrower one.
    public static let best: KernelVariant = {
        let widest = KernelVariant(rawValue: vk_best_variant()) ?? .plain
        let named = ProcessInfo.processInfo.environment["VITRINE_KERNELS"]
        let asked = allCases.first { String(describing: $0) == named }
        return min(asked ?? widest, widest)
    }()

    /// The variants that this processor runs, narrowest first.
    public static let supported: [KernelVariant] = {
        let widest = KernelVariant(rawValue: vk_best_variant()) ?? .plain
        return allCases.filter { $0 <= widest }
    }()

    /// Narrower than the other.
    public static func < (left: KernelVariant, right: KernelVariant) -> Bool { left.rawValue < right.rawValue }

    /// The number that the C side takes. Only variants that the processor runs may pass.
    var code: Int32 {
        precondition(self <= Self.widest, "this processor does not run \(self)")
        return rawValue
    }

    private static let widest = supported.last ?? .plain
}
