//! The 32 ringers: what each plays, and on what instrument.

mod player;
mod scores;
#[cfg(test)]
mod tests;

pub use player::Player;
pub use scores::RINGERS;

/// A ringer: a score, an instrument, and how fast it goes. It starts over at its end.
#[derive(Debug, Clone, Copy)]
pub struct Ringer {
    /// Its name, in English.
    pub name: &'static str,
    instrument: Instrument,
    /// Milliseconds of a step of the score.
    step: u16,
    /// Steps, parted by blanks: notes such as `c5`, `f#4` or `bb6`, several at once as `c5+e5`; `.` goes on, `-` is silent.
    score: &'static str,
}

impl Ringer {
    /// The ringer of a number of the settings, 1 to 32; others are taken as 1.
    pub fn numbered(number: u8) -> &'static Ringer {
        number.checked_sub(1).and_then(|at| RINGERS.get(usize::from(at))).unwrap_or(&RINGERS[0])
    }
}

/// How a note sounds.
#[derive(Debug, Clone, Copy)]
struct Instrument {
    /// Overtones: multiples of the note's frequency, their parts of the loudness, and how much faster they die away.
    overtones: [(f32, f32, f32); 4],
    /// Milliseconds until a note is loud.
    attack: u16,
    /// Milliseconds in which a note loses 60 dB; 0 sounds on until the next step that says something.
    decay: u16,
}

/// A small bell: overtones that are no multiples, long.
const BELL: Instrument = Instrument {
    overtones: [(1.0, 0.5, 1.0), (2.76, 0.25, 2.0), (5.4, 0.15, 3.5), (0.5, 0.1, 0.8)],
    attack: 2,
    decay: 1400,
};

/// Two gongs of an old telephone under a clapper: short strokes that ring together.
const GONG: Instrument = Instrument {
    overtones: [(1.0, 0.45, 1.0), (2.0, 0.2, 1.5), (2.76, 0.25, 1.5), (4.1, 0.1, 3.0)],
    attack: 1,
    decay: 500,
};

/// Bars of wood.
const MARIMBA: Instrument = Instrument {
    overtones: [(1.0, 0.75, 1.0), (4.0, 0.2, 3.0), (10.0, 0.05, 6.0), (2.0, 0.0, 1.0)],
    attack: 2,
    decay: 700,
};

/// A string, plucked.
const HARP: Instrument = Instrument {
    overtones: [(1.0, 0.55, 1.0), (2.0, 0.25, 1.6), (3.0, 0.13, 2.2), (4.0, 0.07, 3.0)],
    attack: 3,
    decay: 1100,
};

/// A wooden flute.
const FLUTE: Instrument = Instrument {
    overtones: [(1.0, 0.8, 1.0), (2.0, 0.14, 1.0), (3.0, 0.06, 1.0), (4.0, 0.0, 1.0)],
    attack: 30,
    decay: 0,
};

/// Reeds, as of an accordion: a little apart, so that they beat.
const REEDS: Instrument = Instrument {
    overtones: [(1.0, 0.4, 1.0), (1.006, 0.35, 1.0), (2.0, 0.15, 1.0), (3.0, 0.1, 1.0)],
    attack: 15,
    decay: 0,
};

/// The sounder of an electronic telephone.
const SOUNDER: Instrument =
    Instrument { overtones: [(1.0, 0.7, 1.0), (3.0, 0.2, 1.0), (5.0, 0.1, 1.0), (2.0, 0.0, 1.0)], attack: 2, decay: 0 };

/// A drop of water: short.
const DROP: Instrument = Instrument {
    overtones: [(1.0, 0.85, 1.0), (1.5, 0.15, 2.0), (2.0, 0.0, 1.0), (3.0, 0.0, 1.0)],
    attack: 4,
    decay: 220,
};
