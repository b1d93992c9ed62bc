//! All cards of a unit, and which path leads to which.

use std::sync::Arc;

use super::device::Card;
use crate::audio::{CardNames, Device, FRAME, Fault, Path, Play, State, Tell};

const PATHS: [Path; 3] = [Path::Handset, Path::HandsFree, Path::Headset];

/// The cards of a unit. While anything sounds, they all run, so that no path begins with a gap.
pub(in crate::audio) struct Cards {
    cards: Vec<Card>,
    /// The card of each path.
    of: [usize; PATHS.len()],
}

impl Cards {
    /// The cards of these names.
    ///
    /// # Errors
    /// No thread can be started. A card that is not there is no error.
    pub(in crate::audio) fn open(names: &CardNames, tell: &Tell) -> Result<Self, Fault> {
        let (distinct, of) = distinct(names);
        let cards = distinct.into_iter().map(|name| Card::open(name.map(str::to_owned), Arc::clone(tell)));
        Ok(Cards { cards: cards.collect::<Result<_, _>>()?, of })
    }

    fn of(&self, path: Path) -> usize {
        self.of[path as usize]
    }
}

impl Device for Cards {
    fn exchange(&mut self, play: Play<'_>, record: &mut [i16; FRAME]) -> State {
        let rings = self.of(Path::HandsFree);
        let talks = play.path.map_or(rings, |path| self.of(path));
        let (mut state, mut unheard) = (State::Running, [0; FRAME]);
        for (at, card) in self.cards.iter_mut().enumerate() {
            let played = match (at == talks, at == rings) {
                (true, true) => play.together(),
                (true, false) => *play.voice,
                (false, true) => *play.speaker,
                (false, false) => [0; FRAME],
            };
            if at == talks {
                state = card.exchange(&played, record);
            } else {
                card.exchange(&played, &mut unheard);
            }
        }
        state
    }
}

/// The names without repetition, and which of them each path has.
fn distinct(names: &CardNames) -> (Vec<Option<&str>>, [usize; PATHS.len()]) {
    let mut distinct = Vec::new();
    let of = PATHS.map(|path| {
        let name = names.of(path);
        distinct.iter().position(|other| *other == name).unwrap_or_else(|| {
            distinct.push(name);
            distinct.len() - 1
        })
    });
    (distinct, of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_share_the_card_of_the_same_name() {
        let names = |names: [Option<&str>; 3]| {
            let [handset, hands_free, headset] = names.map(|name| name.map(str::to_owned));
            CardNames { handset, hands_free, headset }
        };
        for (given, paths, cards) in [
            ([None, None, None], [0, 0, 0], 1),
            ([Some("a"), None, None], [0, 1, 1], 2),
            ([Some("a"), Some("b"), Some("a")], [0, 1, 0], 2),
            ([Some("a"), Some("b"), None], [0, 1, 2], 3),
        ] {
            let names = names(given);
            let (distinct, of) = distinct(&names);
            assert_eq!((of, distinct.len()), (paths, cards));
            assert!(PATHS.iter().zip(of).all(|(path, card)| distinct[card] == names.of(*path)));
        }
    }
}
