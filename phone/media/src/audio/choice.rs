//! The choice of a device, as it is written on the command line.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use super::{Device, Fault, Loopback, Null, Path, Tell, Wav};

/// The names of sound cards, as the system has them; where none is given, the card that the system prefers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CardNames {
    /// That of the handset.
    pub handset: Option<String>,
    /// That of speaker and microphone, which rings too.
    pub hands_free: Option<String>,
    /// That of the headset.
    pub headset: Option<String>,
}

impl CardNames {
    /// That of a path.
    pub fn of(&self, path: Path) -> Option<&str> {
        match path {
            Path::Handset => self.handset.as_deref(),
            Path::HandsFree => self.hands_free.as_deref(),
            Path::Headset => self.headset.as_deref(),
        }
    }
}

/// Which device to use: `cpal`, `wav:IN,OUT`, `loopback` or `null`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Choice {
    /// Sound cards.
    Cpal(CardNames),
    /// Files: one is spoken over and over, what is heard goes to the other. Either may be missing.
    Wav {
        /// What is spoken.
        input: Option<PathBuf>,
        /// What is heard.
        output: Option<PathBuf>,
    },
    /// What is heard is spoken.
    Loopback,
    /// Nothing is spoken, nothing is heard.
    #[default]
    Null,
}

impl Choice {
    /// Opens the device, which may tell of sound cards that come and go as long as it is there.
    ///
    /// # Errors
    /// A file that cannot be read or written, or a device that this executable was built without. A sound card that is not
    /// there is no error: it may come.
    pub fn open(&self, tell: &Tell) -> Result<Box<dyn Device>, Fault> {
        Ok(match self {
            Choice::Cpal(names) => cpal(names, tell)?,
            Choice::Wav { input, output } => Box::new(Wav::open(input.as_deref(), output.as_deref())?),
            Choice::Loopback => Box::new(Loopback::new()),
            Choice::Null => Box::new(Null),
        })
    }
}

#[cfg(feature = "cpal")]
fn cpal(names: &CardNames, tell: &Tell) -> Result<Box<dyn Device>, Fault> {
    Ok(Box::new(super::card::Cards::open(names, tell)?))
}

#[cfg(not(feature = "cpal"))]
fn cpal(_: &CardNames, _: &Tell) -> Result<Box<dyn Device>, Fault> {
    Err(Fault::NotBuilt)
}

impl FromStr for Choice {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let fault = || Fault::Choice(text.to_owned());
        match text.split_once(':') {
            None => match text {
                "cpal" => Ok(Choice::Cpal(CardNames::default())),
                "loopback" => Ok(Choice::Loopback),
                "null" => Ok(Choice::Null),
                _ => Err(fault()),
            },
            Some(("wav", files)) => {
                let (input, output) = files.split_once(',').unwrap_or((files, ""));
                let file = |name: &str| (!name.is_empty()).then(|| PathBuf::from(name));
                match (file(input), file(output)) {
                    (None, None) => Err(fault()),
                    (input, output) => Ok(Choice::Wav { input, output }),
                }
            }
            Some(_) => Err(fault()),
        }
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Choice::Cpal(_) => f.write_str("cpal"),
            Choice::Loopback => f.write_str("loopback"),
            Choice::Null => f.write_str("null"),
            Choice::Wav { input, output } => {
                let name =
                    |file: &Option<PathBuf>| file.as_ref().map_or(String::new(), |file| file.display().to_string());
                write!(f, "wav:{},{}", name(input), name(output))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn untold() -> Tell {
        Arc::new(|_| {})
    }

    #[test]
    fn choices_are_read_and_written() {
        for text in ["cpal", "loopback", "null", "wav:in.wav,out.wav", "wav:,out.wav", "wav:in.wav,"] {
            let choice: Choice = text.parse().expect("it is a choice");
            assert_eq!(choice.to_string(), text);
        }
        assert_eq!("wav:in.wav".parse::<Choice>().expect("it is one").to_string(), "wav:in.wav,");
        for text in ["", "wav", "wav:", "wav:,", "alsa", "cpal:x", "Null"] {
            assert!(text.parse::<Choice>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let choice: Choice = "wav:/nowhere/in.wav,".parse().expect("it is a choice");
        let Err(fault) = choice.open(&untold()) else { panic!("the file is not there") };
        assert!(fault.to_string().starts_with("/nowhere/in.wav: "), "{fault}");
    }
}
