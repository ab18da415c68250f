import Testing

@testable import Learning

@Suite("Failures are values")
struct ErrorTests {
    @Test("the first failure is thrown, with operator, shapes and a reason")
    func first() {
        let error = #expect(throws: TorchError.self) {
            try checked { Tensor.ones([2, 3]).matmul(Tensor.ones([4, 5])).sum() + Tensor.ones([7]) }
        }
        #expect(error?.operation == "aten::matmul")
        #expect(error?.shapes == [[2, 3], [4, 5]])
        #expect(error?.message.contains("3") == true)
        #expect(error?.message.contains("frame #") == false)
        #expect(error?.description.hasPrefix("aten::matmul([2, 3], [4, 5]): ") == true)
    }

    @Test("operations on a failed result do nothing, whatever they are")
    func poisoned() {
        #expect(throws: TorchError.self) {
            try checked {
                let failed = Tensor.ones([2]) + Tensor.ones([3])
                #expect(failed.shape == [] && failed.item().isNaN && failed.description == "Tensor(failed)")
                #expect(failed.host().doubles == [0])
                failed.backward()
                failed.requiresGrad = true
                #expect(failed.grad?.isFailed == true)
                #expect(failed.topK(1).values.isFailed)
                #expect(Tensor.ones([2]).gradients(of: [failed])[0]?.isFailed == true)
                return failed
            }
        }
    }

    @Test("each misuse is an error with its reason")
    func misuse() {
        func reason(_ body: () -> Tensor) -> String {
            let error = #expect(throws: TorchError.self) { try checked { body() } }
            return error?.message ?? ""
        }
        let x = Tensor.ones([2])
        #expect(reason { callOp(.add, .tensor(x)) }.contains("argument other is missing"))
        #expect(reason { callOp(.relu, .tensor(x), .int(1)) }.contains("takes 1 arguments, not 2"))
        #expect(reason { callOp(.topK, [.tensor(x), .int(1)], results: 1)[0] }.contains("room for 1"))
        #expect(reason { callOp(.relu, .ints([1])) } != "")
        #expect(reason { callOp(.relu, .none) } != "")
        #expect(reason { x * x.item() } != "")
        #expect(
            reason {
                x.backward(); return x
            } != "")
        #expect(reason { Tensor.full(1, [-1]) } != "")
        #expect(reason { Tensor.full(1, [1 << 40, 1 << 40]) } != "")
        #expect(reason { Tensor.ones([1 << 50]) } != "")
    }

    @Test("what the body throws itself comes out, unless an operation failed before")
    func ownErrors() {
        struct Own: Error {}
        #expect(throws: Own.self) { try checked { throw Own() } }
        #expect(throws: TorchError.self) {
            try checked {
                _ = Tensor.ones([2]) + Tensor.ones([3])
                throw Own()
            }
        }
    }

    @Test("outside of a checked body a failure ends the process, because nobody could go on with a wrong number")
    func unchecked() async {
        await #expect(processExitsWith: .exitCode(70)) {
            _ = Tensor.ones([2]) + Tensor.ones([3])
        }
    }

    @Test("a body in a body keeps its failure to itself")
    func nested() throws {
        let sum = try checked {
            let inner = try? checked { Tensor.ones([2]) + Tensor.ones([3]) }
            #expect(inner == nil)
            return Tensor.ones([2]).sum().item()
        }
        #expect(sum == 2)
    }
}
