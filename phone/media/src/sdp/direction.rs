//! Which way a stream flows, seen from the side that says so.

/// The direction of a stream (RFC 8866, section 6.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Direction {
    /// Both ways.
    #[default]
    SendReceive,
    /// Only away from the speaker of the description.
    SendOnly,
    /// Only to the speaker of the description.
    ReceiveOnly,
    /// Neither way.
    Inactive,
}

impl Direction {
    /// The direction that sends and receives so.
    pub fn new(sends: bool, receives: bool) -> Self {
        match (sends, receives) {
            (true, true) => Direction::SendReceive,
            (true, false) => Direction::SendOnly,
            (false, true) => Direction::ReceiveOnly,
            (false, false) => Direction::Inactive,
        }
    }

    /// Whether packets go out.
    pub fn sends(self) -> bool {
        matches!(self, Direction::SendReceive | Direction::SendOnly)
    }

    /// Whether packets come in.
    pub fn receives(self) -> bool {
        matches!(self, Direction::SendReceive | Direction::ReceiveOnly)
    }

    /// What this side does if it would like `self` and the other side declares `other` (RFC 3264, section 6.1).
    pub fn meet(self, other: Direction) -> Self {
        Direction::new(self.sends() && other.receives(), self.receives() && other.sends())
    }

    /// The attribute's name.
    pub fn name(self) -> &'static str {
        match self {
            Direction::SendReceive => "sendrecv",
            Direction::SendOnly => "sendonly",
            Direction::ReceiveOnly => "recvonly",
            Direction::Inactive => "inactive",
        }
    }

    /// The direction with this attribute name.
    pub fn named(name: &str) -> Option<Self> {
        [Direction::SendReceive, Direction::SendOnly, Direction::ReceiveOnly, Direction::Inactive]
            .into_iter()
            .find(|direction| direction.name().eq_ignore_ascii_case(name))
    }
}

#[cfg(test)]
mod tests {
    use super::Direction::{self, Inactive, ReceiveOnly, SendOnly, SendReceive};

    #[test]
    fn two_sides_meet_as_rfc_3264_says() {
        let table = [
            (SendReceive, SendReceive, SendReceive),
            (SendReceive, SendOnly, ReceiveOnly),
            (SendReceive, ReceiveOnly, SendOnly),
            (SendReceive, Inactive, Inactive),
            (SendOnly, SendReceive, SendOnly),
            (SendOnly, SendOnly, Inactive),
            (SendOnly, ReceiveOnly, SendOnly),
            (ReceiveOnly, ReceiveOnly, Inactive),
        ];
        for (wish, other, met) in table {
            assert_eq!(wish.meet(other), met, "{wish:?} with {other:?}");
            assert_eq!(Direction::named(wish.name()), Some(wish));
        }
    }
}
