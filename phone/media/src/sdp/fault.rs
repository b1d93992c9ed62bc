//! What is wrong with a description, or with what it wants.

/// Why a description cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// More octets than [`super::MAX_LENGTH`].
    #[error("session description too large")]
    TooLarge,
    /// Not one line of a session description.
    #[error("not a session description")]
    NotSdp,
    /// A line that does not follow its grammar.
    #[error("line {line}: {problem}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        problem: Problem,
    },
    /// No stream of sound that this phone can take part in.
    #[error("no audio stream over RTP")]
    NoAudio,
    /// No codec that both sides know.
    #[error("no common codec")]
    NoCodec,
    /// SRTP is required on one side and not possible on the other.
    #[error("no common encryption")]
    NoEncryption,
    /// The answer refuses the stream that was offered.
    #[error("the audio stream was refused")]
    Refused,
    /// An answer without an offer that it could belong to.
    #[error("an answer without an offer")]
    Unexpected,
}

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// Another version than 0.
    #[error("unknown version")]
    Version,
    /// `c=` is not network, address type and address.
    #[error("malformed connection data")]
    Connection,
    /// `m=` is not medium, port, protocol and formats.
    #[error("malformed media line")]
    Media,
    /// The port in `m=` is not in 0 to 65535.
    #[error("malformed port")]
    Port,
    /// More than 32 streams.
    #[error("too many media streams")]
    TooManyMedia,
}

impl Fault {
    /// The status code of SIP for an offer with this fault: 400 for what cannot be read, 488 for what cannot be met.
    pub fn status(self) -> u16 {
        match self {
            Fault::TooLarge => 413,
            Fault::NotSdp | Fault::Line { .. } => 400,
            _ => 488,
        }
    }
}
