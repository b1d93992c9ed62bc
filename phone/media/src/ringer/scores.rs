//! What the ringers play.

use super::{BELL, DROP, FLUTE, GONG, HARP, Instrument, MARIMBA, REEDS, Ringer, SOUNDER};

const fn ringer(name: &'static str, instrument: Instrument, step: u16, score: &'static str) -> Ringer {
    Ringer { name, instrument, step, score }
}

/// The ringers, by number: the first is 1.
pub static RINGERS: [Ringer; 32] = [
    ringer(
        "Classic",
        SOUNDER,
        40,
        "e6 c6 e6 c6 e6 c6 e6 c6 e6 c6 e6 c6 e6 c6 e6 c6 e6 c6 e6 c6 e6 c6 e6 c6 - . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . .",
    ),
    ringer(
        "Gongs",
        GONG,
        50,
        "g5 b5 g5 b5 g5 b5 g5 b5 g5 b5 g5 b5 g5 b5 g5 b5 g5 b5 g5 b5 g5 b5 g5 b5 - . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . .",
    ),
    ringer(
        "Gongs twice",
        GONG,
        50,
        "a5 c#6 a5 c#6 a5 c#6 a5 c#6 - . . . a5 c#6 a5 c#6 a5 c#6 a5 c#6 - . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . .",
    ),
    ringer(
        "Office",
        SOUNDER,
        50,
        "f5 a5 f5 a5 f5 a5 f5 a5 - . . . f5 a5 f5 a5 f5 a5 f5 a5 - . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . .",
    ),
    ringer(
        "Low office",
        SOUNDER,
        60,
        "c5 eb5 c5 eb5 c5 eb5 c5 eb5 c5 eb5 - . . . . . . . . . . . . . . . . . . . . . .",
    ),
    ringer("Two calls", SOUNDER, 200, "g5+b5 . - g5+b5 . - . . . . . . ."),
    ringer("Long call", REEDS, 250, "a4+c#5 . . . . . - . . . . . . . . ."),
    ringer("Short call", REEDS, 250, "d5+f#5 . - . . . . ."),
    ringer("Chime", BELL, 350, "e6 c6 . . . . . ."),
    ringer("Three bells", BELL, 300, "c6 e6 g6 . . . . . ."),
    ringer("Doorbell", BELL, 450, "g#5 e5 . . - . ."),
    ringer("Westward", BELL, 350, "g5 b5 a5 d5 . . g5 a5 b5 g5 . . . . - ."),
    ringer("Carillon", BELL, 180, "c6 g5 e6 c6 g6 e6 c7 . . . . - . . . ."),
    ringer("Crystal", BELL, 120, "b6 f#6 d#7 b6 f#7 . . . . . . . b6 f#6 d#7 b6 f#7 . . . . . . . . . . ."),
    ringer("Temple", BELL, 600, "d4+a4 . . . - ."),
    ringer("Sleigh", BELL, 110, "e6 e6 e6 . e6 e6 e6 . e6 g6 c6 d6 e6 . . . - . . . . . . ."),
    ringer("Marimba", MARIMBA, 130, "c5 e5 g5 c6 g5 e5 c5 . f5 a5 c6 f6 c6 a5 f5 . - . . . . . . ."),
    ringer("Wooden steps", MARIMBA, 150, "g4 . c5 . d5 e5 . . g5 . e5 . c5 . . . - . . ."),
    ringer("Rainforest", MARIMBA, 110, "a4 e5 c5 e5 a5 . e5 . g4 d5 b4 d5 g5 . d5 . f4 c5 a4 c5 f5 . c5 . - . . . . ."),
    ringer("Syncope", MARIMBA, 140, "d5+f#5 . . d5+f#5 . . e5+g5 . a5 . - . d5+f#5 . a5 . . . - . . ."),
    ringer("Morning", HARP, 160, "g5 e5 d5 c5 d5 e5 g5 e5 d5 c5 d5 e5 d5 . . . - . . . ."),
    ringer("Harp up", HARP, 90, "c4 e4 g4 c5 e5 g5 c6 e6 g6 c7 . . . . . . - . . . . . . . . . . ."),
    ringer("Harp down", HARP, 90, "d7 b6 g6 d6 b5 g5 d5 b4 g4 . . . . . . . - . . . . . . . . . . ."),
    ringer("Minor strings", HARP, 170, "a4 c5 e5 a5 g#5 e5 b4 . a4 c5 e5 a5 . . . . - . . ."),
    ringer("Lute", HARP, 200, "d5 a4 f5 . e5 c5 a4 . d5+f5+a5 . . . . - . ."),
    ringer("Flute", FLUTE, 180, "d5 . f#5 a5 . . b5 a5 f#5 . d5 . . - . . . . ."),
    ringer("Shepherd", FLUTE, 220, "g5 . a5 c6 . d6 c6 a5 . g5 . . - . . ."),
    ringer(
        "Bird",
        FLUTE,
        60,
        "e7 f#7 e7 - . b6 e7 - . e7 f#7 g#7 f#7 e7 - . . . . . . . . . . . . . . . . . . . . . . . . .",
    ),
    ringer("Accordion", REEDS, 170, "c5+e5+g5 . g4 . c5+e5+g5 . g4 . d5+f5+b5 . g4 . c5+e5+g5 . . . - . . . ."),
    ringer("Drops", DROP, 120, "a5 . e6 . c6 g6 . . . d6 . a6 . . . . . . . . . . . ."),
    ringer("Pebbles", DROP, 80, "c6 d6 e6 g6 a6 . . . a6 g6 e6 d6 c6 . . . . . . . . . . . . . . . . . ."),
    ringer("Signal", SOUNDER, 90, "c6 . c6 . c6 . - . . . g5 . g5 . c6 . . . - . . . . . . . . . . . . ."),
];
