import Testing

@testable import Learning

@Suite("Gradients")
struct GradientTests {
    @Test("LEARN-047 a loss is ordinary Swift: loops and conditions on numbers, and gradients follow the path taken")
    func control() throws {
        let x = leaf(HostTensor([3.0]))
        try checked {
            var y = x
            while y.item() < 100 { y = y * 2 }
            if y.item() > 150 { y = y + x.square() }
            y.backward()
        }
        // 3 doubles six times to 192, and 9 is added.
        #expect(x.grad?.host().doubles == [70])
    }

    @Test("nothing is recorded where nobody wants it")
    func modes() throws {
        let x = leaf(HostTensor([1.0, 2]))
        #expect(withoutGrad { (x * 2).requiresGrad } == false)
        #expect(inference { (x * 2).requiresGrad } == false)
        #expect((x * 2).requiresGrad)
        #expect(x.detached().requiresGrad == false)
        #expect(withoutGrad { inference { (x * 2).requiresGrad } } == false)
        #expect((x * 2).requiresGrad)
    }

    @Test("gradients add up until they are taken away, and can be set")
    func collecting() throws {
        let x = leaf(HostTensor([1.0, 2]))
        #expect(x.grad == nil)
        try checked { x.square().sum().backward() }
        try checked { x.square().sum().backward() }
        #expect(x.grad?.host().doubles == [4, 8])
        x.grad = Tensor([5.0, 6])
        #expect(x.grad?.host().doubles == [5, 6])
        x.grad = nil
        #expect(x.grad == nil)
    }

    @Test("a gradient given from outside goes back as it is")
    func vector() throws {
        let x = leaf(HostTensor([1.0, 2]))
        try checked { x.square().backward(Tensor([10.0, 1])) }
        #expect(x.grad?.host().doubles == [20, 4])
    }

    @Test("gradients of chosen tensors touch no leaf")
    func chosen() throws {
        let (x, y) = (leaf(HostTensor([1.0, 2])), leaf(HostTensor([3.0])))
        let found = try checked { (x * x).sum().gradients(of: [x, y]) }
        #expect(found[0]?.host().doubles == [2, 4])
        #expect(found[1] == nil && x.grad == nil)
    }

    @Test("every wrapper keeps temporaries alive through its call")
    func temporaries() throws {
        for _ in 0..<200 {
            let sum = try checked {
                (Tensor.ones([4, 7]).matmul(Tensor.ones([7, 3])) + Tensor.ones([3])).clone().transposed().sum().item()
            }
            #expect(sum == 96)
            #expect(Tensor(Tensor.ones([3]).host()).shape == [3])
            #expect(Tensor.concatenated([Tensor.ones([2]), Tensor.ones([1])]).sum().item() == 3)
        }
    }
}
