//! The command line of what is done to the unit as a whole.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use offhook_settings::Layer;
use serde::{Deserialize, Serialize};

/// Change a setting as on the phone's own screens
///
/// Settings that the phone's screens have can be changed, such as volumes, ringtones, language and wallpaper; `offhook explain`
/// tells which these are. What is set here goes before what files say, until it is taken back.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  offhook set HANDSET_VOLUME 6\n  offhook set DEFAULT_LANGUAGE de\n  offhook set HANDSET_VOLUME    # as the files say"
)]
pub(crate) struct SetArgs {
    /// Name of the setting
    pub(crate) setting: String,
    /// Its value; without one, files decide again
    pub(crate) value: Option<String>,
    /// Folder that keeps the phone's state
    #[arg(long, value_name = "DIR", env = "OFFHOOK_STATE")]
    pub(crate) state: PathBuf,
}

/// Reset the phone
///
/// `web` takes back what was set on the web page, `web-password` gives both of its accounts their factory IDs and
/// passwords, `data` erases all settings and data, and `factory` added applications too.
#[derive(Args)]
#[command(after_help = "Example:\n  offhook reset --state ~/.offhook web-password")]
pub(crate) struct ResetArgs {
    #[command(flatten)]
    pub(crate) unit: UnitArgs,
    /// What is reset
    #[arg(value_enum)]
    pub(crate) scope: ResetScope,
}

/// The phone that something is done to.
#[derive(Args)]
pub(crate) struct UnitArgs {
    /// Folder that keeps the phone's state
    #[arg(long, value_name = "DIR")]
    pub(crate) state: PathBuf,
}

/// What a reset takes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ResetScope {
    /// What was set on the web page
    Web,
    /// All settings and all data, added applications too
    Factory,
    /// All settings and all data, but not added applications
    Data,
    /// IDs and passwords of the web page's accounts
    WebPassword,
}

impl ResetScope {
    /// In words.
    pub(crate) const fn told(self) -> &'static str {
        match self {
            Self::Web => "the settings of the web page are reset",
            Self::Factory => "the phone is as it was made",
            Self::Data => "settings and data are erased",
            Self::WebPassword => "the accounts of the web page have their factory IDs and passwords",
        }
    }
}

/// Take a configuration file from an SD card
///
/// The file stands in the root of the card, and its name ends in .cfg.
#[derive(Args)]
#[command(after_help = "Example:\n  offhook import --state ~/.offhook --card /media/sd --as standard phone.cfg")]
pub(crate) struct ImportArgs {
    #[command(flatten)]
    pub(crate) unit: UnitArgs,
    /// The card: a folder
    #[arg(long, value_name = "DIR")]
    pub(crate) card: PathBuf,
    /// The kind of file
    #[arg(long = "as", value_enum)]
    pub(crate) kind: ImportAs,
    /// Name of the file
    pub(crate) file: String,
}

/// A kind of configuration file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ImportAs {
    /// For this phone
    Standard,
    /// For its model
    Product,
    /// For all phones
    Master,
}

impl From<ImportAs> for Layer {
    fn from(kind: ImportAs) -> Self {
        match kind {
            ImportAs::Standard => Self::Standard,
            ImportAs::Product => Self::Product,
            ImportAs::Master => Self::Master,
        }
    }
}

/// Write a backup to an SD card
///
/// User data and what was set on the web page and on the phone, in place of a backup that is there. Only a phone of this
/// model with this firmware takes it back.
#[derive(Args)]
#[command(after_help = "Example:\n  offhook backup --state ~/.offhook --card /media/sd --password @secret.txt")]
pub(crate) struct BackupArgs {
    #[command(flatten)]
    pub(crate) unit: UnitArgs,
    /// The card: a folder
    #[arg(long, value_name = "DIR")]
    pub(crate) card: PathBuf,
    /// Password of the backup, 8 or more ASCII characters; `@FILE` reads it from a file
    #[arg(long, value_name = "PASSWORD", env = "OFFHOOK_BACKUP_PASSWORD", hide_env_values = true)]
    pub(crate) password: Option<String>,
}

/// Install firmware from an SD card
///
/// For a phone that `offhook boot` starts. Any version that is signed with a key that counts is taken.
#[derive(Args)]
#[command(
    after_help = "Example:\n  offhook update --state ~/.offhook --firmware /var/lib/offhook --card /media/sd new.fw"
)]
pub(crate) struct UpdateArgs {
    #[command(flatten)]
    pub(crate) unit: UnitArgs,
    /// Folder of the firmware, as `offhook boot` has it
    #[arg(long, value_name = "DIR")]
    pub(crate) firmware: PathBuf,
    /// The card: a folder
    #[arg(long, value_name = "DIR")]
    pub(crate) card: PathBuf,
    /// Name of the image
    pub(crate) file: String,
}
