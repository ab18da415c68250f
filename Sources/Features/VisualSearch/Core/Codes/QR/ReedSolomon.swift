/// The field of 256 elements in which QR codes compute: bytes as polynomials modulo x^8 + x^4 + x^3 + x^2 + 1
/// (ISO/IEC 18004, 7.5.2).
enum GaloisField {
    /// Powers of the generator 2, twice over, so that sums of two logarithms need no remainder.
    static let powers: [UInt8] = {
        var powers: [UInt8] = []
        var value = 1
        for _ in 0..<255 {
            powers.append(UInt8(value))
            value <<= 1
            if value > 255 { value ^= 0x11D }
        }
        return powers + powers
    }()

    /// Logarithms to the base 2; that of 0 is of no use.
    private static let logarithms: [Int] = {
        var logarithms = [Int](repeating: 0, count: 256)
        for exponent in 0..<255 { logarithms[Int(powers[exponent])] = exponent }
        return logarithms
    }()

    static func product(_ a: UInt8, _ b: UInt8) -> UInt8 {
        a == 0 || b == 0 ? 0 : powers[logarithms[Int(a)] + logarithms[Int(b)]]
    }

    /// - Parameter b: not 0.
    static func quotient(_ a: UInt8, _ b: UInt8) -> UInt8 {
        a == 0 ? 0 : powers[logarithms[Int(a)] + 255 - logarithms[Int(b)]]
    }

    /// 2 to an exponent from 0.
    static func power(_ exponent: Int) -> UInt8 { powers[exponent % 255] }

    /// The value of a polynomial whose first coefficient is that of the constant term.
    static func value(_ polynomial: [UInt8], at x: UInt8) -> UInt8 {
        polynomial.reversed().reduce(0) { product($0, x) ^ $1 }
    }
}

/// Puts damaged bytes of a block right: Reed–Solomon codes over bytes, whose generator has the roots 2^0, 2^1, … .
enum ReedSolomon {
    /// The block as it was written; nil when more than half as many bytes are wrong as there are check bytes.
    ///
    /// Berlekamp and Massey's algorithm finds where the errors are, Forney's formula how large (Blahut, Theory and
    /// Practice of Error Control Codes, 1983, chapter 7).
    ///
    /// - Parameters:
    ///   - block: the bytes with their check bytes behind them, 255 at most.
    ///   - checks: how many of them are check bytes.
    static func corrected(_ block: [UInt8], checks: Int) -> [UInt8]? {
        guard checks > 0, checks < block.count, block.count <= 255 else { return nil }
        let syndromes = syndromes(of: block, checks: checks)
        guard syndromes.contains(where: { $0 != 0 }) else { return block }
        guard let locator = locator(syndromes) else { return nil }
        let degree = locator.count - 1
        var evaluator = [UInt8](repeating: 0, count: checks)
        for (i, a) in locator.enumerated() {
            for (j, b) in syndromes.enumerated() where i + j < checks {
                evaluator[i + j] ^= GaloisField.product(a, b)
            }
        }
        var fixed = block
        var found = 0
        for place in block.indices {
            let exponent = block.count - 1 - place
            let inverse = GaloisField.power(255 - exponent % 255)
            guard GaloisField.value(locator, at: inverse) == 0 else { continue }
            // The derivative: terms of even degree vanish where 2 is 0.
            var slope: UInt8 = 0
            for term in Swift.stride(from: 1, through: degree, by: 2) {
                var power: UInt8 = 1
                for _ in 1..<term { power = GaloisField.product(power, inverse) }
                slope ^= GaloisField.product(locator[term], power)
            }
            guard slope != 0 else { return nil }
            let size = GaloisField.quotient(GaloisField.value(evaluator, at: inverse), slope)
            fixed[place] ^= GaloisField.product(size, GaloisField.power(exponent))
            found += 1
        }
        guard found == degree, !Self.syndromes(of: fixed, checks: checks).contains(where: { $0 != 0 }) else {
            return nil
        }
        return fixed
    }

    private static func syndromes(of block: [UInt8], checks: Int) -> [UInt8] {
        (0..<checks).map { root in
            let x = GaloisField.power(root)
            return block.reduce(0) { GaloisField.product($0, x) ^ $1 }
        }
    }

    /// The polynomial whose roots are where the errors are; nil when there are too many.
    private static func locator(_ syndromes: [UInt8]) -> [UInt8]? {
        var (current, before): ([UInt8], [UInt8]) = ([1], [1])
        var (length, shift, last): (Int, Int, UInt8) = (0, 1, 1)
        for step in syndromes.indices {
            var difference = syndromes[step]
            for i in 1..<max(1, min(length, current.count - 1) + 1) where i <= length {
                difference ^= GaloisField.product(current[i], syndromes[step - i])
            }
            guard difference != 0 else {
                shift += 1
                continue
            }
            let kept = current
            let factor = GaloisField.quotient(difference, last)
            if current.count < before.count + shift {
                current += [UInt8](repeating: 0, count: before.count + shift - current.count)
            }
            for (i, value) in before.enumerated() { current[i + shift] ^= GaloisField.product(factor, value) }
            if 2 * length <= step {
                (length, before, last, shift) = (step + 1 - length, kept, difference, 1)
            } else {
                shift += 1
            }
        }
        while current.count > 1, current.last == 0 { current.removeLast() }
        return length <= syndromes.count / 2 && current.count - 1 == length ? current : nil
    }
}
