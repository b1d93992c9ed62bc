//! One band: the predictor and the scale of its quantizer.

/// Inverse of the logarithm of the scale (ILB).
const ANTILOG: [i32; 32] = [
    2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834, 2896, 2960, 3025,
    3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
];

/// Growth of the low band's scale for each magnitude of the 4-bit code (WL by RL42).
const LOW_GROWTH: [i32; 16] = [-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60];

/// Growth of the high band's scale for each code (WH by RH2).
const HIGH_GROWTH: [i32; 4] = [798, -214, 798, -214];

/// Values of the low band's code, cut to 4 bits (QM4).
const LOW_VALUES: [i32; 16] =
    [0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0];

/// Values of the high band's code (QM2).
const HIGH_VALUES: [i32; 4] = [-7408, -1616, 7408, 1616];

/// State of a band: adapted alike by the encoder and the decoder.
#[derive(Debug, Clone)]
pub(super) struct Band {
    /// The predicted sample (S).
    pub(super) predicted: i32,
    /// The part of the prediction that the six zeros make (SZ).
    by_zeros: i32,
    /// The scale (DET) and its logarithm (NB).
    pub(super) scale: i32,
    log_scale: i32,
    /// Last reconstructed sample (R1).
    reconstructed: i32,
    /// Signs of the last two partly reconstructed samples (P1, P2).
    signs: [bool; 2],
    /// Coefficients of the two poles (A1, A2).
    poles: [i32; 2],
    /// Coefficients of the six zeros (B1 to B6), and the differences that they weigh (D1 to D6).
    zeros: [i32; 6],
    differences: [i32; 6],
}

impl Band {
    pub(super) const fn new(scale: i32) -> Self {
        Band {
            predicted: 0,
            by_zeros: 0,
            scale,
            log_scale: 0,
            reconstructed: 0,
            signs: [false; 2],
            poles: [0; 2],
            zeros: [0; 6],
            differences: [0; 6],
        }
    }

    /// Takes the low band's code, cut to 4 bits (INVQAL, LOGSCL, SCALEL).
    pub(super) fn adapt_low(&mut self, code: usize) {
        let difference = (self.scale * LOW_VALUES[code & 15]) >> 15;
        self.grow(LOW_GROWTH[code & 15], 18_432, 8);
        self.predict(difference);
    }

    /// Takes the high band's code and gives its difference (INVQAH, LOGSCH, SCALEH).
    pub(super) fn adapt_high(&mut self, code: usize) -> i32 {
        let difference = (self.scale * HIGH_VALUES[code & 3]) >> 15;
        self.grow(HIGH_GROWTH[code & 3], 22_528, 10);
        self.predict(difference);
        difference
    }

    fn grow(&mut self, growth: i32, limit: i32, shift: i32) {
        self.log_scale = (((self.log_scale * 127) >> 7) + growth).clamp(0, limit);
        let mantissa = ANTILOG[(self.log_scale >> 6 & 31) as usize];
        let shift = shift - (self.log_scale >> 11);
        self.scale = if shift < 0 { mantissa << -shift } else { mantissa >> shift } << 2;
    }

    /// Adapts the predictor to a difference, and predicts the next sample (block 4).
    fn predict(&mut self, difference: i32) {
        // RECONS, PARREC
        let reconstructed = saturate(self.predicted + difference);
        let partly_negative = self.by_zeros + difference < 0;
        self.adapt_poles(partly_negative);
        self.adapt_zeros(difference);
        // DELAYA
        self.signs = [partly_negative, self.signs[0]];
        self.differences.copy_within(0..5, 1);
        self.differences[0] = difference;
        // FILTEP
        let by_poles = ((self.poles[0] * saturate(reconstructed * 2)) >> 15)
            + ((self.poles[1] * saturate(self.reconstructed * 2)) >> 15);
        self.reconstructed = reconstructed;
        // FILTEZ
        let by_zeros: i32 = self
            .zeros
            .iter()
            .zip(&self.differences)
            .map(|(zero, difference)| (zero * saturate(difference * 2)) >> 15)
            .sum();
        self.by_zeros = saturate(by_zeros);
        // PREDIC
        self.predicted = saturate(saturate(by_poles) + self.by_zeros);
    }

    /// UPPOL2 and UPPOL1.
    fn adapt_poles(&mut self, negative: bool) {
        let [first, second] = self.poles;
        let like_last = negative == self.signs[0];
        let turned = saturate(first * 4);
        let turned = if like_last { (-turned).min(32_767) } else { turned };
        let step = if negative == self.signs[1] { 128 } else { -128 };
        let second = ((turned >> 7) + step + ((second * 32_512) >> 15)).clamp(-12_288, 12_288);
        let step = if like_last { 192 } else { -192 };
        let limit = saturate(15_360 - second);
        let first = saturate(step + ((first * 32_640) >> 15)).clamp(-limit, limit);
        self.poles = [first, second];
    }

    /// UPZERO.
    fn adapt_zeros(&mut self, difference: i32) {
        let step = if difference == 0 { 0 } else { 128 };
        for (zero, past) in self.zeros.iter_mut().zip(&self.differences) {
            // Equal signs make the product's sign bit clear.
            let step = if (past ^ difference) < 0 { -step } else { step };
            *zero = saturate(step + ((*zero * 32_640) >> 15));
        }
    }
}

/// The nearest 16-bit value.
pub(super) fn saturate(value: i32) -> i32 {
    value.clamp(i32::from(i16::MIN), i32::from(i16::MAX))
}
