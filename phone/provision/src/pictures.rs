//! Pictures of the display that the settings name: judged by what is in them, and kept in the state folder.

use std::fmt;

use imagesize::ImageType;
use offhook_params::settings::Display;
use serde::{Deserialize, Serialize};

/// Where on the display a picture goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// Behind the Home screen.
    HomeWallpaper,
    /// Behind the Phone screen.
    PhoneWallpaper,
    /// On the Phone screen.
    PhoneLogo,
}

/// The colour of the rest of the Phone screen, to match its wallpaper (guide rule 197).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tint {
    /// `b,` before the URL.
    Dark,
    /// `w,` before it.
    Light,
}

/// A picture that the unit has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Where it came from, without password.
    pub url: String,
    /// `JPEG`, `PNG`, `GIF` or `BMP`.
    pub format: String,
    /// In pixels.
    pub width: usize,
    /// In pixels.
    pub height: usize,
}

impl fmt::Display for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, format, width, height } = self;
        write!(f, "{format} of {width} by {height} from {url}")
    }
}

impl Place {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::HomeWallpaper, Self::PhoneWallpaper, Self::PhoneLogo];

    /// The setting that names its picture.
    pub const fn setting(self) -> &'static str {
        match self {
            Self::HomeWallpaper => "WALLPAPER_URI_HOME",
            Self::PhoneWallpaper => "WALLPAPER_URI_PHONE",
            Self::PhoneLogo => "LOGO_URI_PHONE",
        }
    }

    /// The file of its picture in the state folder.
    pub const fn file(self) -> &'static str {
        match self {
            Self::HomeWallpaper => "home-wallpaper.picture",
            Self::PhoneWallpaper => "phone-wallpaper.picture",
            Self::PhoneLogo => "phone-logo.picture",
        }
    }

    /// Where its picture is to be fetched, if the settings name one. Macros are not replaced (guide rule 86).
    pub fn url(self, settings: &Display) -> Option<&str> {
        let url = match self {
            Self::HomeWallpaper => &settings.home_wallpaper_url,
            Self::PhoneWallpaper => &settings.phone_wallpaper_url,
            Self::PhoneLogo => &settings.phone_logo_url,
        };
        url.as_ref().map(|url| tinted(&url.0).1)
    }

    /// What a file is that came for this place.
    ///
    /// # Errors
    /// It is none that can be shown there (guide rule 196), and why.
    pub(crate) fn judge(self, url: String, bytes: &[u8]) -> Result<Picture, String> {
        const ONLY: &str = "JPEG, PNG and GIF can be shown there";
        let known = imagesize::image_type(bytes).ok().and_then(format);
        let format = match known {
            Some("BMP") if self != Self::HomeWallpaper => return Err(format!("it is a BMP picture; {ONLY}")),
            Some(format) => format,
            None if self == Self::HomeWallpaper => return Err("it is no JPEG, PNG, GIF or BMP picture".to_owned()),
            None => return Err(format!("it is no picture that the unit knows; {ONLY}")),
        };
        let size = imagesize::blob_size(bytes).ok().filter(|size| size.width > 0 && size.height > 0);
        let size = size.ok_or_else(|| format!("it begins as a {format} picture, and has no size"))?;
        Ok(Picture { url, format: format.to_owned(), width: size.width, height: size.height })
    }
}

impl Tint {
    /// What the settings say.
    pub fn of(settings: &Display) -> Option<Self> {
        settings.phone_wallpaper_url.as_ref().and_then(|url| tinted(&url.0).0)
    }
}

/// A URL and what stands before it.
fn tinted(text: &str) -> (Option<Tint>, &str) {
    let tints = [("b,", Tint::Dark), ("w,", Tint::Light)];
    let found = tints.into_iter().find_map(|(prefix, tint)| Some((Some(tint), text.strip_prefix(prefix)?)));
    found.unwrap_or((None, text))
}

const fn format(kind: ImageType) -> Option<&'static str> {
    match kind {
        ImageType::Jpeg => Some("JPEG"),
        ImageType::Png => Some("PNG"),
        ImageType::Gif => Some("GIF"),
        ImageType::Bmp => Some("BMP"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use offhook_params::{ParamId, Settings, lookup};
    use proptest::prelude::*;

    use super::*;

    /// Heads of pictures of 3 by 2 pixels.
    fn heads() -> [(&'static str, Vec<u8>); 4] {
        let png = [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02".as_slice(), &[8, 2, 0, 0, 0]].concat();
        let gif = b"GIF89a\x03\0\x02\0\0\0\0".to_vec();
        let jpeg = b"\xff\xd8\xff\xc0\0\x0b\x08\0\x02\0\x03\x01\x01\x11\0\xff\xd9".to_vec();
        let mut bmp = b"BM".to_vec();
        bmp.extend([0; 12]);
        bmp.extend([40, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0]);
        [("PNG", png), ("GIF", gif), ("JPEG", jpeg), ("BMP", bmp)]
    }

    #[test]
    fn pictures_are_known_by_what_is_in_them() {
        for (format, bytes) in heads() {
            for place in Place::ALL {
                let judged = place.judge("http://h/x".to_owned(), &bytes);
                if format == "BMP" && place != Place::HomeWallpaper {
                    assert_eq!(judged, Err("it is a BMP picture; JPEG, PNG and GIF can be shown there".to_owned()));
                    continue;
                }
                let picture = judged.unwrap_or_else(|error| panic!("{format}: {error}"));
                assert_eq!((picture.format.as_str(), picture.width, picture.height), (format, 3, 2));
            }
        }
        for bad in [b"".as_slice(), b"<html>", b"\x89PNG\r\n\x1a\n", b"GIF89a\0\0\0\0\0\0\0"] {
            assert!(Place::PhoneLogo.judge(String::new(), bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_tint_stands_before_the_url() {
        let id = lookup("WALLPAPER_URI_PHONE").expect("a setting").id;
        for (value, tint, url) in [
            ("http://h/p.png", None, Some("http://h/p.png")),
            ("b,http://h/p.png", Some(Tint::Dark), Some("http://h/p.png")),
            ("w,http://h/p.png", Some(Tint::Light), Some("http://h/p.png")),
            ("", None, None),
        ] {
            let settings = Settings::from_values(&|other: ParamId| if other == id { value } else { other.default() });
            let found = (Tint::of(&settings.display), Place::PhoneWallpaper.url(&settings.display));
            assert_eq!(found, (tint, url), "{value}");
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), which in 0usize..4, kept in 0usize..40) {
            let _ = Place::HomeWallpaper.judge(String::new(), &bytes);
            let head = &heads()[which].1;
            let mixed = [&head[..kept.min(head.len())], &bytes].concat();
            let _ = Place::PhoneLogo.judge(String::new(), &mixed);
        }
    }
}
