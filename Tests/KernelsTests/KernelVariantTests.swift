import Kernels
import Testing

@Suite("Variants of kernels")
struct KernelVariantTests {
    @Test("plain code runs everywhere, and the best variant is one that runs")
    func supported() {
        #expect(KernelVariant.supported.first == .plain)
        #expect(KernelVariant.supported.contains(.best))
        #expect(KernelVariant.supported == KernelVariant.supported.sorted())
    }
}
