//! What the display of the unit shows beside calls: language, date and time, wallpapers and logo.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use offhook_params::Settings;
use offhook_provision::{Picture, Place, Tint, kept_pictures};
use offhook_system::Face;
use serde::{Deserialize, Serialize};

/// What the display shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Display {
    /// Its language, as `DEFAULT_LANGUAGE` has it.
    pub(crate) language: String,
    /// Day and month; none while the unit does not know the time.
    pub(crate) date: Option<String>,
    /// Hour and minute.
    pub(crate) time: Option<String>,
    /// The wallpaper of the Home screen.
    pub(crate) home: Wallpaper,
    /// That of the Phone screen.
    pub(crate) phone: Wallpaper,
    /// The colour of the rest of the Phone screen.
    pub(crate) tint: Option<Tint>,
    /// The logo on the Phone screen.
    pub(crate) logo: Option<Shown>,
}

/// What lies behind a screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wallpaper {
    /// One of the unit's own pictures, 1 to 8, unless there is another one.
    pub(crate) own: Option<u8>,
    /// The picture that the settings name.
    pub(crate) picture: Option<Shown>,
    /// People at the phone cannot choose another one.
    pub(crate) fixed: bool,
}

/// A picture, and where its file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shown {
    /// What it is.
    #[serde(flatten)]
    pub(crate) picture: Picture,
    /// Its file.
    pub(crate) file: PathBuf,
}

impl Display {
    /// What the settings and the pictures in the state folder come to at this moment.
    pub(super) fn new(settings: &Settings, folder: &Path, now: Option<Timestamp>) -> Self {
        let (display, unit) = (&settings.display, &settings.unit);
        let pictures = kept_pictures(folder);
        let face = now.map(|now| Face::new(settings, now));
        let wallpaper = |place: Place, chosen: Option<u8>, locked: bool| {
            // What no file names stays free (guide rule 198).
            let from_file = unit.wallpaper_from_file && place.url(display).is_some();
            let picture = shown(&pictures, folder, place).filter(|_| chosen.is_none() || from_file);
            let own = picture.is_none().then(|| chosen.filter(|_| !from_file).unwrap_or(1));
            Wallpaper { own, picture, fixed: from_file || (locked && !unit.wallpaper_from_file) }
        };
        Display {
            language: display.language.as_str().to_owned(),
            date: face.as_ref().map(|face| face.date.clone()),
            time: face.map(|face| face.time),
            home: wallpaper(Place::HomeWallpaper, display.home_wallpaper, unit.home_wallpaper_locked),
            phone: wallpaper(Place::PhoneWallpaper, display.phone_wallpaper, unit.phone_wallpaper_locked),
            tint: Tint::of(display),
            logo: shown(&pictures, folder, Place::PhoneLogo),
        }
    }
}

fn shown(pictures: &BTreeMap<Place, Picture>, folder: &Path, place: Place) -> Option<Shown> {
    let picture = pictures.get(&place)?.clone();
    Some(Shown { picture, file: folder.join(place.file()) })
}

impl fmt::Display for Wallpaper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.picture, self.own) {
            (Some(Shown { picture, .. }), _) => write!(f, "{picture}"),
            (None, Some(own)) => write!(f, "own picture {own}"),
            (None, None) => f.write_str("none"),
        }
    }
}

#[cfg(test)]
mod tests {
    use offhook_params::{ParamId, lookup};

    use super::*;

    const URL: (&str, &str) = ("WALLPAPER_URI_HOME", "http://h/home.png");

    /// What lies behind the Home screen, with a picture in the folder or without.
    fn home(changes: &[(&str, &'static str)], there: bool) -> (Option<u8>, bool, bool) {
        let folder = tempfile::tempdir().expect("a folder");
        if there {
            let kept = r#"{"pictures": {"home-wallpaper": {"url": "x", "validator": {"etag": null, "last_modified": null},
                "picture": {"url": "http://h/home.png", "format": "PNG", "width": 800, "height": 480}}}}"#;
            std::fs::write(folder.path().join("provisioning.json"), kept).expect("written");
            std::fs::write(folder.path().join(Place::HomeWallpaper.file()), "").expect("written");
        }
        let value = |id: ParamId| {
            let change = changes.iter().find(|(name, _)| lookup(name).expect("a setting").id == id);
            change.map_or(id.default(), |(_, value)| value)
        };
        let home = Display::new(&Settings::from_values(&value), folder.path(), None).home;
        (home.own, home.picture.is_some(), home.fixed)
    }

    #[test]
    fn files_and_people_choose_wallpapers() {
        let (chosen, from_file, lock) =
            (("HOME_WALLPAPER", "3"), ("WALLPAPER_FROM_FILE", "Y"), ("HOME_WALLPAPER_LOCK", "Y"));
        assert_eq!(home(&[], false), (Some(1), false, false));
        assert_eq!(home(&[chosen], false), (Some(3), false, false));
        assert_eq!(home(&[URL], true), (None, true, false));
        assert_eq!(home(&[URL], false), (Some(1), false, false), "it has not come yet");
        assert_eq!(home(&[URL, chosen], true), (Some(3), false, false));
        assert_eq!(home(&[URL, chosen, from_file], true), (None, true, true));
        assert_eq!(home(&[chosen, from_file], false), (Some(3), false, false), "no file names one");
        assert_eq!(home(&[chosen, lock], false), (Some(3), false, true));
        assert_eq!(home(&[chosen, lock, from_file], false), (Some(3), false, false), "files decide alone");
    }

    #[test]
    fn a_unit_that_does_not_know_the_time_shows_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = Settings::from_values(&|id: ParamId| id.default());
        let display = Display::new(&settings, folder.path(), None);
        assert_eq!((display.language.as_str(), display.date, display.time), ("en-US", None, None));
    }
}
