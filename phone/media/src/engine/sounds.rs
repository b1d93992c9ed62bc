//! How loud everything is, and which tones there are, from the settings.

use offhook_params::Settings;
use offhook_params::choices::{SelectionTones, TouchTones};

use crate::audio::Path;
use crate::mixer::factor;
use crate::tone::Tones;

/// The step between two volumes in dB, and the volume that changes nothing.
const STEP: f32 = 3.0;
const MIDDLE: u8 = 4;

/// The step between two volumes of the ringer in dB; the loudest is as the ringer is made.
const RINGER_STEP: f32 = 4.0;
const LOUDEST: u8 = 8;

/// What the settings say about sounds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sounds {
    pub(super) tones: Tones,
    pub(super) key_tones: bool,
    pub(super) selection_tones: bool,
    /// Factor of the ringer.
    pub(super) ringer: f32,
    handset: f32,
    headset: f32,
    speaker: f32,
}

impl Sounds {
    pub(super) fn new(settings: &Settings) -> Self {
        let (sounds, calls) = (&settings.sounds, &settings.call_control);
        let volume = |volume: u8| factor(STEP * (f32::from(volume) - f32::from(MIDDLE)));
        Sounds {
            tones: Tones::new(settings),
            key_tones: match sounds.touch_tones {
                TouchTones::Provisioned => calls.key_tones,
                TouchTones::On => true,
                TouchTones::Off => false,
            },
            selection_tones: match sounds.selection_tones {
                SelectionTones::Provisioned => calls.key_tones,
                SelectionTones::On => true,
                SelectionTones::Off => false,
            },
            ringer: ringer(sounds.ringer_volume, sounds.ringing_off, calls.ringing_off_allowed),
            handset: volume(sounds.handset_volume),
            headset: volume(sounds.headset_volume),
            speaker: volume(sounds.speaker_volume),
        }
    }

    /// The factor of what is heard by this path.
    pub(super) fn volume(&self, path: Path) -> f32 {
        match path {
            Path::Handset => self.handset,
            Path::HandsFree => self.speaker,
            Path::Headset => self.headset,
        }
    }
}

/// A ringer that may not be silent rings as softly as it can instead.
fn ringer(volume: Option<u8>, off: bool, may_be_off: bool) -> f32 {
    match volume {
        _ if off && may_be_off => 0.0,
        None if may_be_off => 0.0,
        volume => factor(RINGER_STEP * (f32::from(volume.unwrap_or(1)) - f32::from(LOUDEST))),
    }
}

#[cfg(test)]
mod tests {
    use offhook_params::{ParamId, lookup};

    use super::*;

    #[test]
    fn each_path_has_a_volume_of_its_own() {
        let with = |name: &str, value: &'static str| {
            let changed = lookup(name).expect("a setting").id;
            let settings = Settings::from_values(&|id: ParamId| if id == changed { value } else { id.default() });
            Sounds::new(&settings)
        };
        let paths =
            [("HANDSET_VOLUME", Path::Handset), ("HEADSET_VOLUME", Path::Headset), ("SPEAKER_VOLUME", Path::HandsFree)];
        for (name, changed) in paths {
            for (_, path) in paths {
                let [soft, usual, loud] = ["1", "4", "8"].map(|value| with(name, value).volume(path));
                assert_eq!(usual, 1.0, "{name} {path:?}");
                assert_eq!(soft < usual && usual < loud, path == changed, "{name} {path:?}");
            }
        }
        assert!(with("RINGER_VOLUME", "2").ringer < with("RINGER_VOLUME", "7").ringer);
    }

    #[test]
    fn a_ringer_is_only_off_where_it_may_be() {
        assert_eq!(ringer(None, false, true), 0.0);
        assert_eq!(ringer(None, false, false), ringer(Some(1), false, false));
        assert_eq!(ringer(Some(8), true, true), 0.0);
        assert_eq!(ringer(Some(8), true, false), 1.0);
        assert!(ringer(Some(5), false, true) < ringer(Some(6), false, true));
    }
}
