//! The quadrature mirror filter that parts a signal into two bands and joins them again.

/// Half of the symmetric impulse response, for even and odd samples.
const EVEN: [i32; 12] = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11];
const ODD: [i32; 12] = [-11, 53, -156, 362, -805, 3876, 951, -210, 32, 12, -11, 3];

/// Samples in the two arms of the filter.
const ARM: usize = 12;

/// Pairs that are kept before the oldest are moved out; the longer, the less often they are moved.
const ROOM: usize = ARM + 84;

/// The memory of one filter: pairs of samples, in two arms.
#[derive(Debug, Clone)]
pub(super) struct Filter {
    first: [i32; ROOM],
    second: [i32; ROOM],
    /// Where the next pair is put.
    next: usize,
}

impl Filter {
    pub(super) const fn new() -> Self {
        Filter { first: [0; ROOM], second: [0; ROOM], next: ARM - 1 }
    }

    /// Takes a pair, and gives the sums of both arms.
    pub(super) fn push(&mut self, first: i32, second: i32) -> (i32, i32) {
        if self.next == ROOM {
            self.first.copy_within(ROOM - (ARM - 1).., 0);
            self.second.copy_within(ROOM - (ARM - 1).., 0);
            self.next = ARM - 1;
        }
        self.first[self.next] = first;
        self.second[self.next] = second;
        self.next += 1;
        let window = self.next - ARM..self.next;
        (weigh(&self.first[window.clone()], &EVEN), weigh(&self.second[window], &ODD))
    }
}

fn weigh(samples: &[i32], weights: &[i32; ARM]) -> i32 {
    samples.iter().zip(weights).map(|(sample, weight)| sample * weight).sum()
}
